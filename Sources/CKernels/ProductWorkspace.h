#pragma once

/// How much memory a product needs.
enum { PRODUCT_WORKSPACE_BYTES = 2240 << 10 };

/// The calling thread's memory for products: taken at its first product, given back when it ends.
void *product_workspace(void);
