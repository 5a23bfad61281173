/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/picture.h"

#include <string.h>

#include "base/limits.h"

#define POINTS_PER_INCH 72.0f
#define DOTS_MIN        70   /* fewer to the inch are a camera's or a screen's word for nothing */
#define DOTS_MAX        2400 /* more, an error */
#define A4_INCHES       11.7f
#define LINE_PIXELS_MIN                                                      \
    1700 /* a page that is shorter was taken with less than 150 dots an inch \
          */

PIX *picture_free(PIX *picture)
{
    pixDestroy(&picture);
    return NULL;
}

static bool is_tiff(struct slice bytes)
{
    return bytes.length >= 4
           && (memcmp(bytes.data, "II*\0", 4) == 0 || memcmp(bytes.data, "MM\0*", 4) == 0);
}

/* Leptonica's own reading of the header, which decides what it would unpack. */
static bool is_harmless(struct slice bytes, uint32_t page)
{
    l_int32 format = 0, width = 0, height = 0, bits = 0, samples = 0, colours = 0;
    const l_uint8 *data = (const l_uint8 *)bytes.data;

    if (is_tiff(bytes))
        return readHeaderMemTiff(data, bytes.length, (l_int32)page, &width, &height, &bits,
                                 &samples, NULL, &colours, NULL)
                   == 0
               && width > 0 && height > 0 && (uint64_t)width * (uint64_t)height <= OCR_PIXELS_MAX;
    if (pixReadHeaderMem(data, bytes.length, &format, &width, &height, &bits, &samples, &colours)
        != 0)
        return true; /* not every format has a reader of headers: ours has looked */
    return width > 0 && height > 0 && (uint64_t)width * (uint64_t)height <= OCR_PIXELS_MAX;
}

static float dots_per_point(PIX *picture)
{
    int dots = pixGetXRes(picture);
    int longer =
        pixGetWidth(picture) > pixGetHeight(picture) ? pixGetWidth(picture) : pixGetHeight(picture);

    if (dots >= DOTS_MIN && dots <= DOTS_MAX)
        return (float)dots / POINTS_PER_INCH;
    return (float)longer / (A4_INCHES * POINTS_PER_INCH);
}

static PIX *to_grey(PIX *picture)
{
    PIX *grey = picture ? pixConvertTo8(picture, 0) : NULL;

    (void)picture_free(picture);
    return grey;
}

/* Letters of a small picture are too low to be read: it is drawn twice as large. */
static PIX *enlarge(PIX *picture, float *dots)
{
    PIX *larger;

    if (!picture || pixGetWidth(picture) >= LINE_PIXELS_MIN
        || pixGetHeight(picture) >= LINE_PIXELS_MIN)
        return picture;
    larger = pixScale(picture, 2, 2);
    (void)picture_free(picture);
    *dots *= 2;
    return larger;
}

PIX *picture_decode(struct slice bytes, uint32_t page, float *out_dots_per_point)
{
    const l_uint8 *data = (const l_uint8 *)bytes.data;
    PIX *picture;

    if (!is_harmless(bytes, page))
        return NULL;
    picture = is_tiff(bytes) ? pixReadMemTiff(data, bytes.length, (l_int32)page)
                             : pixReadMem(data, bytes.length);
    if (!picture)
        return NULL;
    *out_dots_per_point = dots_per_point(picture);
    return enlarge(to_grey(picture), out_dots_per_point);
}

PIX *picture_of_raster(const struct raster *raster)
{
    PIX *picture = pixCreate((l_int32)raster->width, (l_int32)raster->height, 8);
    l_uint32 *words;
    l_int32 words_per_line;

    if (!picture)
        return NULL;
    words = pixGetData(picture);
    words_per_line = pixGetWpl(picture);
    for (uint32_t y = 0; y < raster->height; y++) {
        const unsigned char *row = raster->pixels + (size_t)y * raster->stride_bytes;
        l_uint32 *line = words + (size_t)y * (size_t)words_per_line;

        for (uint32_t x = 0; x < raster->width; x++)
            SET_DATA_BYTE(line, x, row[x]);
    }
    return picture;
}

PIX *picture_turn(PIX *picture, int turns)
{
    return pixRotateOrth(picture, turns);
}
