/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_picture.h"

#include <math.h>

#define SCAN_DOTS       300.0f
#define SCAN_PIXELS_MAX 40000000.0f /* two A3 pages; what is larger is drawn more coarsely */
#define POINTS_PER_INCH 72.0f

float pdf_area(fz_rect box)
{
    return fz_is_empty_rect(box) ? 0 : (box.x1 - box.x0) * (box.y1 - box.y0);
}

float pdf_drawn_area(fz_context *context, fz_page *page, fz_rect bounds)
{
    fz_device *device = NULL;
    fz_rect box = fz_empty_rect;

    fz_var(device);
    fz_try(context)
    {
        device = fz_new_bbox_device(context, &box);
        fz_run_page(context, page, device, fz_identity, NULL);
        fz_close_device(context, device);
    }
    fz_always(context)
    {
        fz_drop_device(context, device);
    }
    fz_catch(context)
    {
        return pdf_area(fz_intersect_rect(box, bounds));
    }
    return pdf_area(fz_intersect_rect(box, bounds));
}

static float sum_of_pictures(const fz_stext_page *text, fz_rect bounds)
{
    float sum = 0;

    for (const fz_stext_block *block = text->first_block; block; block = block->next) {
        if (block->type == FZ_STEXT_BLOCK_IMAGE)
            sum += pdf_area(fz_intersect_rect(block->bbox, bounds));
    }
    return sum;
}

float pdf_pictures_area(fz_context *context, fz_page *page, fz_rect bounds)
{
    const fz_stext_options options = {.flags = FZ_STEXT_PRESERVE_IMAGES};
    fz_stext_page *text = NULL;
    fz_device *device = NULL;
    float sum;

    fz_var(text);
    fz_var(device);
    fz_try(context)
    {
        text = fz_new_stext_page(context, bounds);
        device = fz_new_stext_device(context, text, &options);
        fz_run_page(context, page, device, fz_identity, NULL);
        fz_close_device(context, device);
    }
    fz_always(context)
    {
        fz_drop_device(context, device);
    }
    fz_catch(context)
    {
        fz_drop_stext_page(context, text);
        return 0;
    }
    sum = sum_of_pictures(text, bounds);
    fz_drop_stext_page(context, text);
    return sum;
}

static float scale_of(fz_rect bounds)
{
    float scale = SCAN_DOTS / POINTS_PER_INCH;
    float pixels = pdf_area(bounds) * scale * scale;

    return pixels > SCAN_PIXELS_MAX ? scale * sqrtf(SCAN_PIXELS_MAX / pixels) : scale;
}

fz_pixmap *pdf_draw(fz_context *context, fz_page *page, fz_rect bounds, float *out_scale)
{
    float scale = scale_of(bounds);
    fz_pixmap *pixels = NULL;

    *out_scale = scale;
    fz_var(pixels);
    fz_try(context)
    {
        pixels = fz_new_pixmap_from_page(context, page, fz_scale(scale, scale),
                                         fz_device_gray(context), 0);
    }
    fz_catch(context)
    {
        return NULL;
    }
    return pixels;
}
