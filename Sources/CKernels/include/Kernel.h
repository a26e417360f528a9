#pragma once

// A kernel exists once for each width of lanes; its header states it once, and who includes the
// header decides what of it is wanted. For everybody but the files that define kernels it is a
// plain function, which calls the kernel of the width in use.
#ifndef KERNEL
#define KERNEL(result, name, parameters, arguments) result name parameters;
#endif
