/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Images: scans, photographs, screenshots. Their headers are read here; a recogniser, where there
 * is one, reads their text. An image without words is no document, and has no record.
 */
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/image_header.h"
#include "extract/recogniser.h"

struct image {
    enum image_kind kind;
    const struct sink *sink;
    struct buf bytes; /* the whole exhibit */
    struct page_builder builder;
    struct recognition_tally tally;
    struct note_kind headless, large, small;
};

static void image_clear(struct image *image)
{
    buf_clear(&image->bytes);
    page_builder_clear(&image->builder);
}

static enum claim image_claim(struct slice head, const struct extract_input *input)
{
    enum image_kind kind = image_kind_of(head);

    (void)input;
    if (kind == IMAGE_NONE)
        return CLAIM_NONE;
    return kind == IMAGE_BMP ? CLAIM_LIKELY : CLAIM_CERTAIN;
}

/* *out_got is false for an image that is too large a file. */
static int load(struct image *image, const struct extract_input *input, bool *out_got,
                struct tq_error *err)
{
    size_t got;
    char *room;
    int r;

    *out_got = input->size_bytes <= OCR_IMAGE_BYTES_MAX;
    if (!*out_got)
        return TQ_OK;
    room = buf_extend(&image->bytes, (size_t)input->size_bytes + 1);
    if (!room)
        return buf_check(&image->bytes, err);
    r = file_read_at(input->fd, 0, room, (size_t)input->size_bytes, &got, err);
    if (r == TQ_OK)
        image->bytes.length = got;
    return r;
}

/* A decoder of GIF unpacks every frame: it gets the first only. */
static int cut_animation(struct image *image, struct tq_error *err)
{
    bool more;
    size_t end = image_first_frame(buf_slice(&image->bytes), &more);

    if (end == 0)
        return TQ_OK;
    image->bytes.length = end;
    buf_add_byte(&image->bytes, ';'); /* the trailer */
    if (buf_check(&image->bytes, err) < 0)
        return TQ_E_NOMEM;
    return more ? emit_note(image->sink, 0, err, "animated: only the first picture is read")
                : TQ_OK;
}

static int emit_size(struct image *image, uint32_t width, uint32_t height, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};

    buf_format(&text, "%" PRIu32 "x%" PRIu32, width, height);
    if (buf_check(&text, err) < 0)
        return TQ_E_NOMEM;
    return emit_fact(image->sink, "image.size", buf_slice(&text), err);
}

static int recognise(struct image *image, uint32_t index, struct tq_error *err)
{
    const struct recogniser *recogniser = image->tally.recogniser;
    struct recognised result = {0};
    struct page page;
    int r;

    page_builder_empty(&image->builder);
    r = recogniser->image(recogniser->state, buf_slice(&image->bytes), index, &image->builder,
                          &result, err);
    if (r == TQ_OK)
        r = recognition_count(&image->tally, &result, index + 1, image->sink, err);
    if (r < 0 || image->builder.word_count == 0)
        return r;
    page = page_builder_page(&image->builder, index + 1, result.width, result.height);
    page.ocr_confidence = result.confidence > 0 ? result.confidence : 1;
    return image->sink->page(image->sink->state, &page, err);
}

static int read_page(struct image *image, uint32_t index, struct tq_error *err)
{
    uint64_t place = (uint64_t)(index + 1) << 32;
    uint32_t width, height;
    int r = TQ_OK;

    if (!image_page_size(image->kind, buf_slice(&image->bytes), index, &width, &height)
        || width == 0 || height == 0)
        return note_kind_add(&image->headless, image->sink, place, err);
    if (index == 0)
        r = emit_size(image, width, height, err);
    if (r < 0)
        return r;
    if ((uint64_t)width * height > OCR_PIXELS_MAX)
        return note_kind_add(&image->large, image->sink, place, err);
    if (width < OCR_SIDE_PIXELS_MIN || height < OCR_SIDE_PIXELS_MIN)
        return note_kind_add(&image->small, image->sink, place, err);
    return recognition_next(&image->tally) ? recognise(image, index, err) : TQ_OK;
}

static int finish(struct image *image, struct tq_error *err)
{
    const struct note_kind *kinds[] = {&image->headless, &image->large, &image->small};
    int r = TQ_OK;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && r == TQ_OK; i++)
        r = note_kind_finish(kinds[i], image->sink, err);
    return r < 0 ? r : recognition_finish(&image->tally, image->sink, err);
}

static int read_pages(struct image *image, uint32_t pages_max, struct tq_error *err)
{
    uint32_t count = image_page_count(image->kind, buf_slice(&image->bytes), pages_max + 1);
    int r = TQ_OK;

    if (count == 0)
        return emit_note(image->sink, 0, err, "damaged image: not read");
    if (count > pages_max) {
        count = pages_max;
        r = emit_note(image->sink, 0, err, "only the first %" PRIu32 " pages are read", count);
    }
    for (uint32_t i = 0; i < count && r == TQ_OK; i++)
        r = read_page(image, i, err);
    return r;
}

static int image_read(const struct extract_input *input, const struct extract_limits *limits,
                      const struct sink *sink, struct tq_error *err)
{
    CLEANUP(image_clear)
    struct image image = {
        .sink = sink,
        .tally = recognition_start(input->recogniser, input->pictures_max),
        .headless = {"damaged image: its size is not known, it is not read", 0},
        .large = {"the image is too large in pixels: not decoded", 0},
        .small = {"the image is too small to hold text", 0},
    };
    bool got;
    int r = load(&image, input, &got, err);

    if (r < 0)
        return r;
    if (!got) {
        r = emit_type(sink, "image", err);
        return r < 0 ? r : emit_note(sink, 0, err, "the image is too large a file: not read");
    }
    image.kind = image_kind_of(buf_slice(&image.bytes));
    r = emit_type(sink, image_kind_name(image.kind), err);
    if (r == TQ_OK && image.kind == IMAGE_GIF)
        r = cut_animation(&image, err);
    if (r == TQ_OK)
        r = read_pages(&image, limits->pages_max, err);
    return r < 0 ? r : finish(&image, err);
}

const struct format format_image = {"image", image_claim, image_read};
