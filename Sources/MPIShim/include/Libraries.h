#pragma once

/// Keeps the libraries that MPI has loaded mapped until the process ends. MPI_Finalize gives them
/// back while a thread of MPI's own may still be in one: with Open MPI 4.1.4 a rank whose work was
/// done has been seen to end with SIGSEGV there.
void mpis_keep_libraries(void);
