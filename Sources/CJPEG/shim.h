#pragma once
// In this order: jpeglib.h takes size_t and FILE as known.
// clang-format off
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
// clang-format on
