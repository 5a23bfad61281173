/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef OCR_PICTURE_H
#define OCR_PICTURE_H

#include <leptonica/allheaders.h>

#include "base/slice.h"
#include "extract/recogniser.h"

/* Pictures as Leptonica has them, in grey. NULL: damaged, too large, or no memory. Owned. */

/* A page (from 0) of an image file. *out_dots_per_point is what the file says, or a guess. */
PIX *picture_decode(struct slice bytes, uint32_t page, float *out_dots_per_point);

PIX *picture_of_raster(const struct raster *raster);

/* The picture turned by 90 degrees, clockwise, `turns` times. */
PIX *picture_turn(PIX *picture, int turns);

PIX *picture_free(PIX *picture);

#endif
