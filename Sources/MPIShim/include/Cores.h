#pragma once
#include <stdint.h>

/// The number of cores that this process may use.
int32_t mpis_core_count(void);
/// The number of threads of the node that run or could run now; -1: that is not known quickly.
int32_t mpis_running_count(void);
