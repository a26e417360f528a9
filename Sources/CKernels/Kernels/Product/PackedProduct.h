// One packed product. Defined before: REAL, the type of numbers; VECTOR, 64 bytes of them;
// PRODUCT_OF, what is asked for; NAMED, how functions are called; SYMMETRIC, whether b is given by
// a triangle; BLOCK_COLUMNS, how many columns are packed at a time.

#define COUNT ((long)(sizeof(VECTOR) / sizeof(REAL)))
/// The columns of a panel of b.
#define PANEL_COLUMNS (TILE_LANES * COUNT)
/// The distance of packed rows of a: not a power of two, whose rows would compete for the same
/// lines of the cache.
#define ROW_STRIDE (DEPTH + 16)

/// The rows of a that are packed at a time, for all columns: whole tiles of every width.
#define PACKED_ROWS ((long)(6144 / sizeof(REAL)))

_Static_assert((PACKED_ROWS * ROW_STRIDE + BLOCK_COLUMNS * DEPTH) * sizeof(REAL) <=
                   PRODUCT_WORKSPACE_BYTES,
               "the workspace is too small");

/// A tile of the result: some rows by one panel of b.
typedef struct {
  const REAL *a, *b;
  REAL *c;
  /// The distances of rows and steps of a, of steps of b, and of rows of c.
  long aRow, aStep, bStep, cRow;
  /// The steps of each chain, and whether they are its first.
  long depth;
  int isFresh;
} NAMED(Tile);

/// `height` rows by `lanes` vectors of c: `depth` steps of each chain.
INLINE void NAMED(multiply_tile)(const NAMED(Tile) * t, const long height, const long lanes) {
  VECTOR sums[TILE_ROWS][TILE_LANES];
  if (t->isFresh) {
    UNROLLED(r, height)
      UNROLLED(l, lanes) sums[r][l] = 0;
  } else {
    UNROLLED(r, height) {
      UNROLLED(l, lanes) sums[r][l] = *(const VECTOR *)(t->c + r * t->cRow + l * COUNT);
    }
  }
  // What is to the right comes next.
  UNROLLED(r, height) {
    UNROLLED(l, lanes) __builtin_prefetch(t->c + r * t->cRow + (lanes + l) * COUNT, 1);
  }
  const REAL *restrict b = t->b;
  const long aRow = t->aRow, aStep = t->aStep, bStep = t->bStep;
  // Every third row has an address of its own: so few fit the registers that there are.
  const REAL *rows[(TILE_ROWS + 2) / 3];
  UNROLLED(g, (height + 2) / 3) rows[g] = t->a + 3 * g * aRow;
  for (long k = t->depth; k > 0; --k, b += bStep) {
    VECTOR weights[TILE_LANES];
    UNROLLED(l, lanes) weights[l] = *(const VECTOR *)(b + l * COUNT);
    UNROLLED(r, height) {
      const VECTOR value = rows[r / 3][r % 3 * aRow];
      UNROLLED(l, lanes) sums[r][l] = fused_number(value, weights[l], sums[r][l]);
    }
    UNROLLED(g, (height + 2) / 3) rows[g] += aStep;
  }
  UNROLLED(r, height) {
    UNROLLED(l, lanes) *(VECTOR *)(t->c + r * t->cRow + l * COUNT) = sums[r][l];
  }
}

#define TILE(height)                                                 \
  static void NAMED(tile_##height##_by_1)(const NAMED(Tile) * t) {   \
    NAMED(multiply_tile)(t, height, 1);                              \
  }                                                                  \
  static void NAMED(tile_##height##_by_all)(const NAMED(Tile) * t) { \
    NAMED(multiply_tile)(t, height, TILE_LANES);                     \
  }                                                                  \
  _Static_assert(height <= TILE_ROWS, "more rows than registers")
#define TILES_OF(height) \
  { NAMED(tile_##height##_by_1), NAMED(tile_##height##_by_all) }

TILE(1);
TILE(2);
TILE(3);
#if TILE_ROWS > 3
TILE(4);
TILE(5);
TILE(6);
#endif
#if TILE_ROWS > 6
TILE(7);
TILE(8);
TILE(9);
TILE(10);
TILE(11);
TILE(12);
#endif

/// By the number of rows, and whether they are one vector wide or a whole panel.
static void (*const NAMED(tiles)[TILE_ROWS][2])(const NAMED(Tile) *) = {
    TILES_OF(1), TILES_OF(2), TILES_OF(3),
#if TILE_ROWS > 3
    TILES_OF(4), TILES_OF(5), TILES_OF(6),
#endif
#if TILE_ROWS > 6
    TILES_OF(7), TILES_OF(8), TILES_OF(9), TILES_OF(10), TILES_OF(11), TILES_OF(12),
#endif
};
#undef TILE
#undef TILES_OF

/// Copies `columns` numbers, at most a panel's; a vector that is not full is filled with zeros if
/// there is room.
INLINE void NAMED(copy_columns)(REAL *restrict to, const REAL *restrict from, long columns,
                                const int hasRoom) {
  const long whole = columns / COUNT * COUNT;
  for (long j = 0; j < whole; j += COUNT) *(VECTOR *)(to + j) = *(const VECTOR *)(from + j);
  if (whole == columns) return;
  if (hasRoom) *(VECTOR *)(to + whole) = 0;
  copy_few(to + whole, from + whole, (columns - whole) * (long)sizeof(REAL));
}

/// A tile of which only `columns` columns are there: by way of a copy.
static void NAMED(part_of_tile)(NAMED(Tile) t, long height, long columns) {
  REAL copy[TILE_ROWS * PANEL_COLUMNS], *c = t.c;
  const long cRow = t.cRow;
  t.c = copy;
  t.cRow = PANEL_COLUMNS;
  for (long r = 0; r < height && !t.isFresh; ++r) {
    NAMED(copy_columns)(copy + r * PANEL_COLUMNS, c + r * cRow, columns, 1);
  }
  NAMED(tiles)[height - 1][columns > COUNT](&t);
  for (long r = 0; r < height; ++r) {
    NAMED(copy_columns)(c + r * cRow, copy + r * PANEL_COLUMNS, columns, 0);
  }
}

/// `width` columns of a panel that lie side by side, in steps so far apart; zeros fill the last
/// vector.
static void NAMED(pack_steps)(const REAL *restrict from, long fromStep, long width, long depth,
                              REAL *restrict to) {
  for (long k = 0; k < depth; ++k, from += fromStep, to += PANEL_COLUMNS) {
    if (width == PANEL_COLUMNS) {
      UNROLLED(l, TILE_LANES) *(VECTOR *)(to + l * COUNT) = *(const VECTOR *)(from + l * COUNT);
    } else {
      NAMED(copy_columns)(to, from, width, 1);
    }
  }
}

/// The same of a symmetric matrix, given by its upper triangle: `width` columns from `column`, rows
/// `first ..< first + depth`.
static void NAMED(pack_symmetric)(const REAL *restrict b, long row, long first, long depth,
                                  long column, long width, REAL *restrict to) {
  // Above what is stored, on the diagonal, and below it, where columns are rows.
  const long above = clamped(column - first, depth);
  const long below = clamped(column + width - first, depth);
  NAMED(pack_steps)(b + first * row + column, row, width, above, to);
  for (long k = above; k < below; ++k) {
    for (long i = 0; i < PANEL_COLUMNS; ++i) {
      const long one = first + k, other = column + (i < width ? i : width - 1);
      to[k * PANEL_COLUMNS + i] = b[one < other ? one * row + other : other * row + one];
    }
  }
  NAMED(transpose)
  (b + column * row + first + below, row, width, depth - below, to + below * PANEL_COLUMNS);
}

/// `columns` columns of b, steps `first ..< first + depth`, in panels [depth, PANEL_COLUMNS]. What
/// fills the last vector of the last panel is never seen.
static void NAMED(pack)(const PRODUCT_OF *p, long first, long depth, long column, long columns,
                        REAL *restrict to) {
  for (long j = column; j < column + columns; j += PANEL_COLUMNS, to += depth * PANEL_COLUMNS) {
    const long left = column + columns - j, width = left < PANEL_COLUMNS ? left : PANEL_COLUMNS;
    const REAL *from = p->b + first * p->bStep + j * p->bColumn;
    if (SYMMETRIC(p)) NAMED(pack_symmetric)(p->b, p->bStep, first, depth, j, width, to);
    else if (p->bColumn != 1) NAMED(transpose)(from, p->bColumn, width, depth, to);
    else NAMED(pack_steps)(from, p->bStep, width, depth, to);
  }
}

/// alpha * a of some rows, steps `first ..< first + depth`: rows ROW_STRIDE apart or, where a has
/// its rows side by side, tile by tile in steps TILE_ROWS apart.
static void NAMED(pack_rows)(const PRODUCT_OF *p, long row, long height, long first, long depth,
                             REAL *restrict to) {
  const REAL *from = p->a + row * p->aRow + first * p->aStep;
  if (p->aRow != 1) {
    for (long r = 0; r < height; ++r) {
      memcpy(to + r * ROW_STRIDE, from + r * p->aRow, (size_t)depth * sizeof(REAL));
    }
  } else {
    for (long r = 0; r < height; r += TILE_ROWS) {
      REAL *tile = to + r * depth;
      for (long k = 0; k < depth; ++k) {
        const REAL *step = from + r + k * p->aStep;
        if (height - r >= TILE_ROWS) memcpy(tile + k * TILE_ROWS, step, TILE_ROWS * sizeof(REAL));
        else copy_few(tile + k * TILE_ROWS, step, (height - r) * (long)sizeof(REAL));
      }
    }
  }
  if (p->alpha == 1) return;
  const long tiles = (height + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  const long count = p->aRow != 1 ? height * ROW_STRIDE : tiles * depth;
  for (long i = 0; i < count; ++i) to[i] *= p->alpha;
}

/// `height` rows by all columns of a block, panel by panel: `tile` is the first. Panels that are
/// whole are read where they are if `inPlace` is not null, in steps `bStep` apart.
static void NAMED(multiply_rows)(NAMED(Tile) tile, long height, const REAL *panels,
                                 const REAL *inPlace, long bStep, long columns) {
  REAL *c = tile.c;
  for (long j = 0; j < columns; j += PANEL_COLUMNS, panels += tile.depth * PANEL_COLUMNS) {
    const long left = columns - j;
    const int isInPlace = inPlace && left >= PANEL_COLUMNS;
    tile.b = isInPlace ? inPlace + j : panels;
    tile.bStep = isInPlace ? bStep : PANEL_COLUMNS;
    tile.c = c + j;
    if (left >= PANEL_COLUMNS) NAMED(tiles)[height - 1][1](&tile);
    else if (left == COUNT) NAMED(tiles)[height - 1][0](&tile);
    else NAMED(part_of_tile)(tile, height, left);
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

/// Some rows of c, steps `first ..< first + depth`, panel by panel of b.
static void NAMED(multiply_block)(const PRODUCT_OF *p, long row, long rows, long first, long depth,
                                  REAL *packed) {
  REAL *panels = packed + PACKED_ROWS * ROW_STRIDE;
  // What is read only a few times is not worth packing, nor what is small and near.
  const int isNear = p->aStep == 1 || depth * p->aStep * (long)sizeof(REAL) <= 32768;
  const int readsRows = isNear && p->alpha == 1 && p->n <= 4 * PANEL_COLUMNS;
  const int readsPanels = p->bColumn == 1 && !SYMMETRIC(p) && p->m <= 3 * TILE_ROWS;
  const int hasSteps = p->aRow == 1;
  const long packedRow = hasSteps ? 1 : ROW_STRIDE, packedStep = hasSteps ? TILE_ROWS : 1;
  NAMED(Tile)
  tile = {
      .aRow = readsRows ? p->aRow : packedRow,
      .aStep = readsRows ? p->aStep : packedStep,
      .cRow = p->cRow,
      .depth = depth,
      .isFresh = p->beta == 0 && first == 0,
  };
  if (!readsRows) NAMED(pack_rows)(p, row, rows, first, depth, packed);
  for (long column = 0; column < p->n; column += BLOCK_COLUMNS) {
    const long columns = p->n - column < BLOCK_COLUMNS ? p->n - column : BLOCK_COLUMNS;
    const REAL *inPlace = readsPanels ? p->b + first * p->bStep + column : 0;
    const long whole = inPlace ? columns / PANEL_COLUMNS * PANEL_COLUMNS : 0;
    NAMED(pack)(p, first, depth, column + whole, columns - whole, panels + whole * depth);
    for (long r = 0; r < rows; r += TILE_ROWS) {
      const long height = rows - r < TILE_ROWS ? rows - r : TILE_ROWS;
      tile.a = readsRows ? p->a + (row + r) * p->aRow + first * p->aStep
                         : packed + r * (hasSteps ? depth : ROW_STRIDE);
      tile.c = p->c + (row + r) * p->cRow + column;
      NAMED(multiply_rows)(tile, height, panels, inPlace, p->bStep, columns);
    }
  }
}

static void NAMED(multiply)(const PRODUCT_OF *p) {
  REAL *packed = product_workspace();
  NAMED(scale_result)(p);
  for (long row = 0; row < p->m; row += PACKED_ROWS) {
    const long rows = p->m - row < PACKED_ROWS ? p->m - row : PACKED_ROWS;
    for (long first = 0; first < p->k; first += DEPTH) {
      const long depth = p->k - first < DEPTH ? p->k - first : DEPTH;
      NAMED(multiply_block)(p, row, rows, first, depth, packed);
    }
  }
}

#undef COUNT
#undef PANEL_COLUMNS
#undef ROW_STRIDE
#undef PACKED_ROWS
