// One packed product. Defined before: REAL, the type of numbers; VECTOR, 64 bytes of them;
// PRODUCT_OF, what is asked for; NAMED, how functions are called; SYMMETRIC, whether b is given by
// a triangle; BLOCK_COLUMNS, how many columns are packed at a time.

#define COUNT ((long)(sizeof(VECTOR) / sizeof(REAL)))
/// The columns of a panel of b.
#define PANEL_COLUMNS (TILE_LANES * COUNT)
/// The distance of packed rows of a: not a power of two, whose rows would compete for the same
/// lines of the cache.
#define ROW_STRIDE (DEPTH + 16)

/// The rows of a that are packed at a time: whole tiles of every width.
#define PACKED_ROWS 48

_Static_assert((PACKED_ROWS * ROW_STRIDE + BLOCK_COLUMNS * DEPTH) * sizeof(REAL) <=
                   PRODUCT_WORKSPACE_BYTES,
               "the workspace is too small");

/// Loads or stores the sums of a tile, of whose vectors' places only `columns` are there. A vector
/// that is not whole goes by a copy, so that the sums themselves can stay in registers.
INLINE void NAMED(move_sums)(VECTOR sums[TILE_ROWS][TILE_LANES], REAL *restrict c, long cRow,
                             long columns, int loads, const long height, const long lanes) {
  UNROLLED(r, height) {
    UNROLLED(l, lanes) {
      REAL *place = c + r * cRow + l * COUNT;
      const long left = columns - l * COUNT;
      if (left >= COUNT) {
        if (loads) sums[r][l] = *(const VECTOR *)place;
        else *(VECTOR *)place = sums[r][l];
      } else if (left > 0) {
        VECTOR part = sums[r][l];
        if (loads) memcpy(&part, place, (size_t)left * sizeof(REAL));
        else memcpy(place, &part, (size_t)left * sizeof(REAL));
        sums[r][l] = part;
      }
    }
  }
}

/// `height` rows by `lanes` vectors of c: `depth` steps of each chain.
INLINE void NAMED(tile)(const REAL *restrict a, long aRow, const REAL *restrict b, long bStep,
                        REAL *restrict c, long cRow, long depth, long columns, int isFresh,
                        const long height, const long lanes) {
  VECTOR sums[TILE_ROWS][TILE_LANES];
  UNROLLED(r, height)
    UNROLLED(l, lanes) sums[r][l] = 0;
  const int isWhole = columns >= lanes * COUNT;
  if (!isFresh) {
    if (isWhole) NAMED(move_sums)(sums, c, cRow, lanes * COUNT, 1, height, lanes);
    else NAMED(move_sums)(sums, c, cRow, columns, 1, height, lanes);
  }
  for (long k = 0; k < depth; ++k, b += bStep) {
    VECTOR weights[TILE_LANES];
    UNROLLED(l, lanes) weights[l] = *(const VECTOR *)(b + l * COUNT);
    UNROLLED(r, height) {
      const VECTOR value = a[r * aRow + k];
      UNROLLED(l, lanes) sums[r][l] = fused_number(value, weights[l], sums[r][l]);
    }
  }
  if (isWhole) NAMED(move_sums)(sums, c, cRow, lanes * COUNT, 0, height, lanes);
  else NAMED(move_sums)(sums, c, cRow, columns, 0, height, lanes);
}

/// `columns` columns of b, steps `first ..< first + depth`, in panels [depth, PANEL_COLUMNS] with
/// zeros after the last column.
static void NAMED(pack)(const PRODUCT_OF *p, long first, long depth, long column, long columns,
                        REAL *restrict to) {
  for (long j = 0; j < columns; j += PANEL_COLUMNS, to += depth * PANEL_COLUMNS) {
    const long left = columns - j, width = left < PANEL_COLUMNS ? left : PANEL_COLUMNS;
    const REAL *from = p->b + first * p->bStep + (column + j) * p->bColumn;
    if (SYMMETRIC(p)) {
      for (long k = 0; k < depth; ++k) {
        for (long i = 0; i < width; ++i) {
          const long row = first + k, other = column + j + i;
          to[k * PANEL_COLUMNS + i] =
              p->b[row < other ? row * p->bStep + other : other * p->bStep + row];
        }
      }
    } else if (p->bColumn == 1) {
      for (long k = 0; k < depth; ++k) {
        if (width == PANEL_COLUMNS) {
          UNROLLED(l, TILE_LANES) {
            *(VECTOR *)(to + k * PANEL_COLUMNS + l * COUNT) =
                *(const VECTOR *)(from + k * p->bStep + l * COUNT);
          }
        } else {
          memcpy(to + k * PANEL_COLUMNS, from + k * p->bStep, (size_t)width * sizeof(REAL));
        }
      }
    } else {
      NAMED(transpose)(from, p->bColumn, width, depth, to, PANEL_COLUMNS);
    }
    if (width == PANEL_COLUMNS) continue;
    for (long k = 0; k < depth; ++k) {
      memset(to + k * PANEL_COLUMNS + width, 0, (size_t)(PANEL_COLUMNS - width) * sizeof(REAL));
    }
  }
}

/// alpha * a of some rows, steps `first ..< first + depth`.
INLINE void NAMED(pack_rows)(const PRODUCT_OF *p, long row, long height, long first, long depth,
                             REAL *restrict to) {
  const REAL *from = p->a + row * p->aRow + first * p->aStep;
  if (p->aStep == 1) {
    for (long r = 0; r < height; ++r) {
      memcpy(to + r * ROW_STRIDE, from + r * p->aRow, (size_t)depth * sizeof(REAL));
    }
  } else {
    NAMED(transpose)(from, p->aStep, depth, height, to, ROW_STRIDE);
  }
  if (p->alpha == 1) return;
  for (long r = 0; r < height; ++r) {
    for (long k = 0; k < depth; ++k) to[r * ROW_STRIDE + k] *= p->alpha;
  }
}

/// Some rows by all columns of a block, panel by panel; panels that are whole are read where they
/// are if `inPlace` is not null.
INLINE void NAMED(rows_by_panels)(const REAL *a, long aRow, const REAL *panels, const REAL *inPlace,
                                  long bStep, REAL *c, long cRow, long depth, long columns,
                                  int isFresh, const long height) {
  for (long j = 0; j < columns; j += PANEL_COLUMNS, panels += depth * PANEL_COLUMNS) {
    const long left = columns - j;
    if (inPlace && left >= PANEL_COLUMNS) {
      NAMED(tile)
      (a, aRow, inPlace + j, bStep, c + j, cRow, depth, left, isFresh, height, TILE_LANES);
    } else if (left > COUNT) {
      NAMED(tile)
      (a, aRow, panels, PANEL_COLUMNS, c + j, cRow, depth, left, isFresh, height, TILE_LANES);
    } else {
      NAMED(tile)(a, aRow, panels, PANEL_COLUMNS, c + j, cRow, depth, left, isFresh, height, 1);
    }
  }
}

#define ROWS_BY_PANELS(rows)                                                   \
  case rows:                                                                   \
    NAMED(rows_by_panels)                                                      \
    (a, aRow, panels, inPlace, bStep, c, cRow, depth, columns, isFresh, rows); \
    break;

/// Some rows, at most those of a tile, by all columns of a block.
INLINE void NAMED(multiply_rows)(const REAL *a, long aRow, const REAL *panels, const REAL *inPlace,
                                 long bStep, REAL *c, long cRow, long depth, long columns,
                                 int isFresh, long height) {
  switch (height) {
    ROWS_BY_PANELS(1)
    ROWS_BY_PANELS(2)
    ROWS_BY_PANELS(3)
#if TILE_ROWS > 3
    ROWS_BY_PANELS(4)
    ROWS_BY_PANELS(5)
    ROWS_BY_PANELS(6)
#endif
#if TILE_ROWS > 6
    ROWS_BY_PANELS(7)
    ROWS_BY_PANELS(8)
    ROWS_BY_PANELS(9)
    ROWS_BY_PANELS(10)
    ROWS_BY_PANELS(11)
    ROWS_BY_PANELS(12)
#endif
  }
}

/// c = beta * c, or zero where beta is; what is fresh anyway is left to the first block of k.
static void NAMED(scale_result)(const PRODUCT_OF *p) {
  if (p->beta == 1 || (p->beta == 0 && p->k > 0)) return;
  for (long i = 0; i < p->m; ++i) {
    for (long j = 0; j < p->n; ++j) {
      p->c[i * p->cRow + j] = p->beta == 0 ? 0 : p->beta * p->c[i * p->cRow + j];
    }
  }
}

static void NAMED(multiply)(const PRODUCT_OF *p) {
  REAL *packed = product_workspace(), *panels = packed + PACKED_ROWS * ROW_STRIDE;
  NAMED(scale_result)(p);
  // What is read only a few times is not worth packing.
  const int readsRows = p->aStep == 1 && p->alpha == 1 && p->n <= 4 * PANEL_COLUMNS;
  const int readsPanels = p->bColumn == 1 && !SYMMETRIC(p) && p->m <= 3 * TILE_ROWS;
  for (long column = 0; column < p->n; column += BLOCK_COLUMNS) {
    const long columns = p->n - column < BLOCK_COLUMNS ? p->n - column : BLOCK_COLUMNS;
    for (long first = 0; first < p->k; first += DEPTH) {
      const long depth = p->k - first < DEPTH ? p->k - first : DEPTH;
      const int isFresh = p->beta == 0 && first == 0;
      const REAL *inPlace = readsPanels ? p->b + first * p->bStep + column : 0;
      const long whole = inPlace ? columns / PANEL_COLUMNS * PANEL_COLUMNS : 0;
      NAMED(pack)(p, first, depth, column + whole, columns - whole, panels + whole * depth);
      for (long row = 0; row < p->m; row += TILE_ROWS) {
        const long height = p->m - row < TILE_ROWS ? p->m - row : TILE_ROWS;
        REAL *c = p->c + row * p->cRow + column;
        if (readsRows) {
          NAMED(multiply_rows)
          (p->a + row * p->aRow + first, p->aRow, panels, inPlace, p->bStep, c, p->cRow, depth,
           columns, isFresh, height);
          continue;
        }
        const long within = row % PACKED_ROWS;
        if (within == 0) {
          const long rows = p->m - row < PACKED_ROWS ? p->m - row : PACKED_ROWS;
          NAMED(pack_rows)(p, row, rows, first, depth, packed);
        }
        NAMED(multiply_rows)
        (packed + within * ROW_STRIDE, ROW_STRIDE, panels, inPlace, p->bStep, c, p->cRow, depth,
         columns, isFresh, height);
      }
    }
  }
}

#undef ROWS_BY_PANELS
#undef COUNT
#undef PANEL_COLUMNS
#undef ROW_STRIDE
#undef PACKED_ROWS
