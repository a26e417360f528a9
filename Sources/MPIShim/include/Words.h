#pragma once

/// Lets what Open MPI itself says of connections over TCP that break stay unsaid: a rank that has
/// gone breaks those of all others, whose many lines would stand around the one that says why.
/// Whoever sets OMPI_MCA_btl_base_verbose wants to hear them.
void mpis_hush_connections(void);
