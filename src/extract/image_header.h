/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_IMAGE_HEADER_H
#define EXTRACT_IMAGE_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * What an image says of itself before anything decodes it: its kind by the signature, its pages,
 * and how large each would be in memory. Headers may lie; what is too large by its header is never
 * handed to a decoder.
 */
enum image_kind {
    IMAGE_NONE,
    IMAGE_PNG,
    IMAGE_JPEG,
    IMAGE_TIFF,
    IMAGE_BMP,
    IMAGE_GIF,
    IMAGE_WEBP,
};

enum image_kind image_kind_of(struct slice bytes);

/* "png", "jpeg", ...: the type of the exhibit. */
const char *image_kind_name(enum image_kind kind);

/* Pages of a TIFF, at most `pages_max`; 1 for all others. 0: not one can be found. */
uint32_t image_page_count(enum image_kind kind, struct slice bytes, uint32_t pages_max);

/* Width and height in pixels of a page (from 0). False: the header does not tell. */
bool image_page_size(enum image_kind kind, struct slice bytes, uint32_t page, uint32_t *out_width,
                     uint32_t *out_height);

/*
 * How many bytes of a GIF hold its first frame; a decoder would unpack all frames of an animation.
 * *out_more: others follow. 0: there is no whole frame.
 */
size_t image_first_frame(struct slice gif, bool *out_more);

#endif
