/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_covers.h"

#include <stdbool.h>

#define OPAQUE_LEAST 0.99f
#define SIDE_LEAST   4.0f /* points: lower ones are rules, not covers */
#define CORNER_SLACK 0.01f
#define MIDDLE       0.3f /* of the font size above the baseline: the middle of a digit */

struct covers_device {
    fz_device super;
    struct pdf_covers *covers;
    fz_device *inner; /* of the filter */
};

static struct covers_device *device_of(fz_device *device)
{
    return (struct covers_device *)device;
}

/* ---- rectangles ---- */

/* Whether all points of a path are corners of its box. */
struct outline {
    fz_rect box;
    bool has_other; /* a point that is no corner, or a curve */
};

static bool near(float a, float b)
{
    return a - b < CORNER_SLACK && b - a < CORNER_SLACK;
}

static void take_point(fz_context *context, void *state, float x, float y)
{
    struct outline *outline = state;

    (void)context;
    if ((!near(x, outline->box.x0) && !near(x, outline->box.x1))
        || (!near(y, outline->box.y0) && !near(y, outline->box.y1)))
        outline->has_other = true;
}

static void take_curve(fz_context *context, void *state, float x1, float y1, float x2, float y2,
                       float x3, float y3)
{
    struct outline *outline = state;

    (void)context;
    (void)x1;
    (void)y1;
    (void)x2;
    (void)y2;
    (void)x3;
    (void)y3;
    outline->has_other = true;
}

static void take_close(fz_context *context, void *state)
{
    (void)context;
    (void)state;
}

static bool is_rectangle(fz_context *context, const fz_path *path)
{
    static const fz_path_walker walker = {
        .moveto = take_point, .lineto = take_point, .curveto = take_curve, .closepath = take_close};
    struct outline outline = {.box = fz_bound_path(context, path, NULL, fz_identity)};

    fz_walk_path(context, path, &walker, &outline);
    return !outline.has_other;
}

/* ---- gathering ---- */

static void gather_path(fz_context *context, fz_device *device, const fz_path *path, int even_odd,
                        fz_matrix matrix, fz_colorspace *space, const float *colour, float alpha,
                        fz_color_params params)
{
    struct pdf_covers *covers = device_of(device)->covers;
    fz_rect box;

    (void)even_odd;
    (void)space;
    (void)colour;
    (void)params;
    covers->painted++;
    if (alpha < OPAQUE_LEAST || covers->count == PDF_COVERS_MAX || !is_rectangle(context, path))
        return;
    box = fz_intersect_rect(fz_bound_path(context, path, NULL, matrix),
                            fz_device_current_scissor(context, device));
    if (box.x1 - box.x0 < SIDE_LEAST || box.y1 - box.y0 < SIDE_LEAST)
        return;
    covers->boxes[covers->count] = box;
    covers->order[covers->count++] = covers->painted;
}

static void gather_text(fz_context *context, fz_device *device, const fz_text *text,
                        fz_matrix matrix, fz_colorspace *space, const float *colour, float alpha,
                        fz_color_params params)
{
    (void)context;
    (void)text;
    (void)matrix;
    (void)space;
    (void)colour;
    (void)alpha;
    (void)params;
    device_of(device)->covers->painted++;
}

/* The macro of MuPDF takes a context of this name, whatever it is given. */
fz_device *pdf_covers_gather(fz_context *ctx, struct pdf_covers *covers)
{
    struct covers_device *device = fz_new_derived_device(ctx, struct covers_device);

    device->super.fill_path = gather_path;
    device->super.fill_text = gather_text;
    device->covers = covers;
    covers->count = covers->painted = 0;
    return &device->super;
}

/* ---- filtering ---- */

static bool is_hidden(const struct pdf_covers *covers, fz_point point)
{
    for (uint32_t i = 0; i < covers->count; i++) {
        if (covers->order[i] > covers->painted && fz_is_point_inside_rect(point, covers->boxes[i]))
            return true;
    }
    return false;
}

static void keep_visible(fz_context *context, const struct pdf_covers *covers,
                         const fz_text_span *span, fz_matrix matrix, fz_text *kept)
{
    for (int i = 0; i < span->len; i++) {
        const fz_text_item *item = &span->items[i];
        fz_matrix at = span->trm;
        fz_point middle = {MIDDLE, MIDDLE};

        at.e = item->x;
        at.f = item->y;
        if (!is_hidden(covers, fz_transform_point(middle, fz_concat(at, matrix))))
            fz_show_glyph(context, kept, span->font, at, item->gid, item->ucs, (int)span->wmode,
                          (int)span->bidi_level, (fz_bidi_direction)span->markup_dir,
                          (fz_text_language)span->language);
    }
}

static void filter_path(fz_context *context, fz_device *device, const fz_path *path, int even_odd,
                        fz_matrix matrix, fz_colorspace *space, const float *colour, float alpha,
                        fz_color_params params)
{
    (void)context;
    (void)path;
    (void)even_odd;
    (void)matrix;
    (void)space;
    (void)colour;
    (void)alpha;
    (void)params;
    device_of(device)->covers->painted++;
}

static void filter_text(fz_context *context, fz_device *device, const fz_text *text,
                        fz_matrix matrix, fz_colorspace *space, const float *colour, float alpha,
                        fz_color_params params)
{
    struct covers_device *filter = device_of(device);
    fz_text *kept = fz_new_text(context);

    filter->covers->painted++;
    fz_try(context)
    {
        for (const fz_text_span *span = text->head; span; span = span->next)
            keep_visible(context, filter->covers, span, matrix, kept);
        fz_fill_text(context, filter->inner, kept, matrix, space, colour, alpha, params);
    }
    fz_always(context)
    {
        fz_drop_text(context, kept);
    }
    fz_catch(context)
    {
        fz_rethrow(context);
    }
}

/* Text without a fill is passed on as it is: it is not seen in any case, or an outline. */
static void filter_ignored(fz_context *context, fz_device *device, const fz_text *text,
                           fz_matrix matrix)
{
    fz_ignore_text(context, device_of(device)->inner, text, matrix);
}

static void filter_stroke(fz_context *context, fz_device *device, const fz_text *text,
                          const fz_stroke_state *stroke, fz_matrix matrix, fz_colorspace *space,
                          const float *colour, float alpha, fz_color_params params)
{
    fz_stroke_text(context, device_of(device)->inner, text, stroke, matrix, space, colour, alpha,
                   params);
}

static void filter_clip(fz_context *context, fz_device *device, const fz_text *text,
                        fz_matrix matrix, fz_rect scissor)
{
    fz_clip_text(context, device_of(device)->inner, text, matrix, scissor);
}

fz_device *pdf_covers_filter(fz_context *ctx, struct pdf_covers *covers, fz_device *inner)
{
    struct covers_device *device = fz_new_derived_device(ctx, struct covers_device);

    device->super.fill_path = filter_path;
    device->super.fill_text = filter_text;
    device->super.ignore_text = filter_ignored;
    device->super.stroke_text = filter_stroke;
    device->super.clip_text = filter_clip;
    device->covers = covers;
    device->inner = inner;
    covers->painted = 0;
    return &device->super;
}
