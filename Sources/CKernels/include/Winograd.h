#pragma once

// Winograd's minimal filtering F(4x4, 3x3) for 3 by 3 convolutions of stride 1 (Lavin and Gray,
// 2016, arXiv:1509.09308): a tile of 4 by 4 outputs needs 36 products per channel instead of 144.
//
// The points of interpolation are 0, +-1/sqrt 2, +-sqrt 2 and infinity, which halve the rounding
// error of the usual 0, +-1, +-2 (Barabasz et al., 2018, arXiv:1803.10986). With the transforms A,
// B and G of these points and `o` the product of matching elements,
//
//   y = A' [(G w G') o (B' x B)] A,
//
// summed over channels: one matrix product for each of the 36 places of a transformed tile. The
// gradients are its transposes, with the same transformed tiles: with V = B' x B, W = A dy A',
// U = G w G',   dx = sum B (W o U) B' over overlapping tiles,   dw = G' [sum W o V] G.
//
// float32, channels-last; channels and filters come in sixteens. Tiles are counted row by row
// through the whole batch. A transformed tile is spread over `WINOGRAD_PLACES` matrices
// [tiles, channels], `placeStride` floats apart, their rows `rowStride` apart.
enum { WINOGRAD_TILE = 4, WINOGRAD_PLACES = 36, WINOGRAD_PANEL = 32 };
