/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* PDF text through MuPDF: broad, slow, and the reference for anything faster. */
#include <inttypes.h>
#include <mupdf/fitz.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "extract/emit.h"
#include "extract/locked.h"
#include "extract/page_builder.h"
#include "extract/pdf_covers.h"
#include "extract/pdf_fonts.h"
#include "extract/pdf_glyphs.h"
#include "extract/pdf_hyphens.h"
#include "extract/pdf_metadata.h"
#include "extract/pdf_pages.h"
#include "extract/pdf_picture.h"
#include "extract/pdf_turn.h"
#include "extract/pdf_words.h"
#include "extract/recogniser.h"

#define STORE_BYTES      ((size_t)32 << 20) /* fonts and CMaps of one document */
#define IN_MEMORY_BYTES  ((uint64_t)256 << 20)
#define STREAM_BYTES     ((size_t)64 << 10)
#define FACT_BYTES_MAX   512
#define REPLACEMENT      0xFFFDu
#define PASSWORDS_A_WORD 256u /* ten milliseconds each, in the newest documents */
#define UNREADABLE_SHARE 3    /* a page with more than a third of its characters unknown is noted */
#define NO_WIDTH         0.05f
#define FIRST_WIDE       0x2E80 /* characters as wide as they are high, but for some */
#define FEW_WORDS        8 /* a stamp or a page number: the rest of the page may be a picture, */
#define PICTURE_SHARE    8 /* if pictures cover an eighth of it */

/* The exhibit as a stream for MuPDF, where it is too large to be held in memory. */
struct pdf_stream {
    int fd;
    uint64_t offset;
    unsigned char bytes[STREAM_BYTES];
};

struct pdf {
    fz_context *context; /* borrowed from the thread */
    const struct extract_limits *limits;
    const struct sink *sink;
    struct buf bytes; /* the whole exhibit, or empty */
    fz_stream *stream;
    fz_document *document;
    fz_page *page;
    fz_device *device, *layer; /* layer: a device before or behind that one */
    struct pdf_covers *covers; /* where only text that is seen is read; owned */
    fz_stext_page *text;
    fz_rect bounds;
    unsigned quarters; /* by which the page is turned, that its text runs to the right */
    int page_count;
    bool is_locked;
    uint32_t faults; /* that MuPDF reported, also those it recovered from */

    struct glyph *glyphs; /* of one line: owned */
    size_t glyph_count, glyph_capacity;
    struct page_builder builder;
    struct pdf_fonts fonts;
    struct {
        const fz_font *font;
        float size;
        uint32_t style;
    } styled; /* the last character of this page that has a style */
    uint32_t pages_without_text, glyphs_on_page, unknown_on_page;
    struct note_kind bad_pages, full_pages, unknown_pages;
    struct recognition_tally tally;
};

static void count_fault(void *user, const char *message)
{
    uint32_t *faults = user;

    (void)message; /* it may quote the document */
    if (faults)
        ++*faults;
}

static void ignore_warning(void *user, const char *message)
{
    (void)user;
    (void)message;
}

/* Memory for MuPDF. A stream that unpacks to more than a block may have is not read: MuPDF takes it
 * for a lack of memory, and goes on behind it. */
static void *pdf_resize(void *state, void *old, size_t size)
{
    (void)state;
    return size <= PDF_BLOCK_BYTES_MAX ? alloc_resize(old, size, 1) : NULL;
}

static void *pdf_allocate(void *state, size_t size)
{
    return pdf_resize(state, NULL, size);
}

static void pdf_free(void *state, void *memory)
{
    (void)state;
    free(memory);
}

static bool register_handlers(fz_context *context)
{
    fz_try(context)
    {
        fz_register_document_handlers(context);
    }
    fz_catch(context)
    {
        return false;
    }
    return true;
}

/*
 * The one piece of state that outlives an exhibit: to make a MuPDF context costs more than to
 * read a page, so each thread keeps one. It holds caches only; results do not depend on it.
 */
static fz_context *thread_context(void)
{
    static const fz_alloc_context memory = {NULL, pdf_allocate, pdf_resize, pdf_free};
    static _Thread_local fz_context *kept;
    fz_context *context = kept;

    if (context)
        return context;
    context = fz_new_context(&memory, NULL, STORE_BYTES);
    if (!context)
        return NULL;
    fz_set_warning_callback(context, ignore_warning, NULL);
    fz_set_error_callback(context, count_fault, NULL);
    if (!register_handlers(context)) {
        fz_drop_context(context);
        return NULL;
    }
    kept = context;
    return context;
}

static void drop_page(struct pdf *pdf)
{
    fz_drop_stext_page(pdf->context, pdf->text);
    fz_drop_device(pdf->context, pdf->layer);
    fz_drop_device(pdf->context, pdf->device);
    fz_drop_page(pdf->context, pdf->page);
    pdf->text = NULL;
    pdf->layer = NULL;
    pdf->device = NULL;
    pdf->page = NULL;
    pdf->styled.font = NULL; /* its memory may be another font's on the next page */
}

static void pdf_clear(struct pdf *pdf)
{
    if (pdf->context) {
        drop_page(pdf);
        fz_drop_document(pdf->context, pdf->document);
        fz_drop_stream(pdf->context, pdf->stream);
        fz_set_error_callback(pdf->context, count_fault, NULL);
    }
    buf_clear(&pdf->bytes);
    free(pdf->glyphs);
    free(pdf->covers);
    page_builder_clear(&pdf->builder);
}

static int stream_next(fz_context *context, fz_stream *stream, size_t wanted)
{
    struct pdf_stream *state = stream->state;
    struct tq_error ignored;
    size_t got;

    (void)context;
    (void)wanted;
    if (file_read_at(state->fd, state->offset, state->bytes, STREAM_BYTES, &got, &ignored) < 0)
        got = 0;
    stream->rp = state->bytes;
    stream->wp = state->bytes + got;
    state->offset += got;
    stream->pos += (int64_t)got;
    return got > 0 ? *stream->rp++ : EOF;
}

static void stream_seek(fz_context *context, fz_stream *stream, int64_t offset, int whence)
{
    struct pdf_stream *state = stream->state;

    (void)context;
    if (whence == SEEK_END)
        offset += lseek(state->fd, 0, SEEK_END);
    else if (whence == SEEK_CUR)
        offset += stream->pos - (stream->wp - stream->rp);
    if (offset < 0)
        offset = 0;
    state->offset = (uint64_t)offset;
    stream->pos = offset;
    stream->rp = stream->wp = state->bytes;
}

static void stream_drop(fz_context *context, void *state)
{
    (void)context;
    free(state);
}

/* Fill pdf->bytes, or leave it empty for exhibits that are read as a stream. */
static int load_bytes(struct pdf *pdf, const struct extract_input *input, struct tq_error *err)
{
    size_t got;
    char *room;
    int r;

    if (input->size_bytes > IN_MEMORY_BYTES)
        return TQ_OK;
    room = buf_extend(&pdf->bytes, (size_t)input->size_bytes);
    if (!room)
        return buf_check(&pdf->bytes, err);
    r = file_read_at(input->fd, 0, room, (size_t)input->size_bytes, &got, err);
    if (r == TQ_OK)
        pdf->bytes.length = got;
    return r;
}

static void make_stream(struct pdf *pdf, int fd)
{
    struct pdf_stream *state;

    if (pdf->bytes.length > 0) {
        pdf->stream =
            fz_open_memory(pdf->context, (const unsigned char *)pdf->bytes.data, pdf->bytes.length);
        return;
    }
    state = alloc_zeroed(1, sizeof(*state));
    if (!state)
        fz_throw(pdf->context, FZ_ERROR_MEMORY, "out of memory");
    state->fd = fd;
    pdf->stream = fz_new_stream(pdf->context, state, stream_next, stream_drop);
    pdf->stream->seek = stream_seek;
}

static bool count_pages(struct pdf *pdf)
{
    fz_try(pdf->context)
    {
        pdf->page_count = fz_count_pages(pdf->context, pdf->document);
    }
    fz_catch(pdf->context)
    {
        return false;
    }
    return true;
}

/* False if MuPDF cannot make a document of it. */
static bool open_document(struct pdf *pdf, int fd)
{
    fz_context *context = pdf->context;

    fz_try(context)
    {
        make_stream(pdf, fd);
        pdf->document = fz_open_document_with_stream(context, "application/pdf", pdf->stream);
        pdf->is_locked = fz_needs_password(context, pdf->document);
    }
    fz_catch(context)
    {
        return false;
    }
    return true;
}

static void try_password(struct pdf *pdf, struct slice password)
{
    fz_context *context = pdf->context;
    char text[PASSWORD_BYTES_MAX + 1];

    if (password.length > 0)
        memcpy(text, password.data, password.length);
    text[password.length] = '\0';
    fz_try(context)
    {
        pdf->is_locked = !fz_authenticate_password(context, pdf->document, text);
    }
    fz_always(context)
    {
        explicit_bzero(text, sizeof(text));
    }
    fz_catch(context)
    {
        pdf->is_locked = true;
    }
}

/* No password at all opens most encrypted documents: then only changes are forbidden. */
static int unlock(struct pdf *pdf, const struct password_list *list, struct tq_error *err)
{
    int r = TQ_OK;

    if (pdf->is_locked)
        try_password(pdf, (struct slice){0});
    for (uint32_t i = 0; list && pdf->is_locked && i < list->count && r == TQ_OK; i++) {
        if (i % PASSWORDS_A_WORD == 0)
            r = emit_working(pdf->sink, err);
        try_password(pdf, list->items[i].text);
        if (r == TQ_OK && !pdf->is_locked)
            r = unlocked_note(pdf->sink, list->items[i].line, err);
    }
    return r;
}

static bool look_up(struct pdf *pdf, const char *key, char *value)
{
    fz_context *context = pdf->context;
    volatile int length = -1; /* set under setjmp() */

    fz_try(context)
    {
        length = fz_lookup_metadata(context, pdf->document, key, value, FACT_BYTES_MAX);
    }
    fz_catch(context)
    {
        return false;
    }
    return length > 1; /* with the NUL */
}

/* What the document says of itself a second time. */
static int emit_metadata(struct pdf *pdf, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct document_metadata found;
    int r;

    pdf_metadata_find(pdf->context, pdf->document, &found);
    if (document_metadata_is_empty(&found))
        return TQ_OK;
    document_metadata_format(&found, &text);
    r = buf_check(&text, err);
    return r < 0 ? r : emit_fact(pdf->sink, DOCUMENT_METADATA_FACT, buf_slice(&text), err);
}

static int emit_facts(struct pdf *pdf, struct tq_error *err)
{
    static const struct {
        const char *key, *name;
    } facts[] = {
        {"format", "format"},
        {"encryption", "encryption"},
        {"info:Title", "title"},
        {"info:Author", "author"},
        {"info:Creator", "creator"},
        {"info:Producer", "producer"},
        {"info:CreationDate", "created"},
        {"info:ModDate", "modified"},
    };
    char value[FACT_BYTES_MAX];

    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        int r;

        if (!look_up(pdf, facts[i].key, value))
            continue;
        if (strcmp(facts[i].name, "encryption") == 0 && strcmp(value, "None") == 0)
            continue;
        value[FACT_BYTES_MAX - 1] = '\0';
        r = emit_fact(pdf->sink, facts[i].name, slice_of(value), err);
        if (r < 0)
            return r;
    }
    return emit_metadata(pdf, err);
}

/* Run the page through a device that lets only text through that nothing hides. Throws. */
static void run_visible(struct pdf *pdf)
{
    fz_context *context = pdf->context;

    pdf->layer = pdf_covers_gather(context, pdf->covers);
    fz_run_page(context, pdf->page, pdf->layer, fz_identity, NULL);
    fz_close_device(context, pdf->layer);
    fz_drop_device(context, pdf->layer);
    pdf->layer = NULL;
    pdf->layer = pdf_covers_filter(context, pdf->covers, pdf->device);
    fz_run_page(context, pdf->page, pdf->layer, fz_identity, NULL);
    fz_close_device(context, pdf->layer);
}

/* Run one page through the text device. False if it failed; what came before is kept. */
static bool run_page(struct pdf *pdf, int number)
{
    fz_context *context = pdf->context;
    const fz_stext_options options = {.flags = 0};

    pdf_glyphs_text_only(context, true);
    fz_try(context)
    {
        pdf->page = fz_load_page(context, pdf->document, number);
        pdf->bounds = fz_bound_page(context, pdf->page);
        pdf->text = fz_new_stext_page(context, pdf->bounds);
        pdf->device = fz_new_stext_device(context, pdf->text, &options);
        if (pdf->covers)
            run_visible(pdf);
        else
            fz_run_page(context, pdf->page, pdf->device, fz_identity, NULL);
        fz_close_device(context, pdf->device);
    }
    fz_always(context)
    {
        pdf_glyphs_text_only(context, false);
    }
    fz_catch(context)
    {
        return false;
    }
    return true;
}

/* Letters beyond ASCII are in other subsets than the rest, in an order of their own. */
static uint32_t style_of(struct pdf *pdf, const fz_stext_char *c)
{
    bool is_ascii = (c->c >= '0' && c->c <= '9') || ((c->c | 32) >= 'a' && (c->c | 32) <= 'z');

    if (!is_ascii)
        return WORD_STYLE_NONE;
    if (pdf->styled.font != c->font || pdf->styled.size < c->size || pdf->styled.size > c->size) {
        pdf->styled.font = c->font;
        pdf->styled.size = c->size;
        pdf->styled.style =
            pdf_fonts_style(&pdf->fonts, fz_font_name(pdf->context, c->font), (double)c->size);
    }
    return pdf->styled.style;
}

static int add_glyph(struct pdf *pdf, const fz_stext_char *c, struct pdf_turn turn,
                     struct tq_error *err)
{
    fz_point origin = {pdf->bounds.x0, pdf->bounds.y0};
    fz_rect box = pdf_turn_box(turn, c->quad, origin);
    int r;

    if (box.x1 - box.x0 < NO_WIDTH * c->size && c->c >= FIRST_WIDE)
        box.x1 = box.x0 + c->size; /* of a font that the document does not bring along */
    r = alloc_reserve(&pdf->glyphs, &pdf->glyph_capacity, pdf->glyph_count + 1,
                      sizeof(*pdf->glyphs), err);
    if (r < 0)
        return r;
    pdf->glyphs[pdf->glyph_count++] = (struct glyph){
        .code_point = c->c < 0 ? REPLACEMENT : (uint32_t)c->c,
        .x0 = box.x0,
        .y0 = box.y0,
        .x1 = box.x1,
        .y1 = box.y1,
        .size = c->size,
        .style = style_of(pdf, c),
    };
    pdf->glyphs_on_page++;
    pdf->unknown_on_page += c->c == (int)REPLACEMENT;
    return TQ_OK;
}

static int add_line(struct pdf *pdf, const fz_stext_line *line, struct tq_error *err)
{
    struct page_builder *builder = &pdf->builder;
    struct pdf_turn turn = pdf_turn_of(line->dir);
    size_t before = builder->word_count;
    int r;

    pdf->glyph_count = 0;
    for (const fz_stext_char *c = line->first_char; c; c = c->next) {
        r = add_glyph(pdf, c, turn, err);
        if (r < 0)
            return r;
    }
    r = pdf_words_add(builder, pdf->glyphs, pdf->glyph_count, err);
    if (r == TQ_OK && builder->word_count > before)
        pdf_turn_back(turn, builder->words + before, builder->word_count - before);
    if (r == TQ_OK && line->prev)
        pdf_hyphens_join(builder, before);
    return r;
}

static int add_words(struct pdf *pdf, struct tq_error *err)
{
    page_builder_empty(&pdf->builder);
    pdf->glyphs_on_page = pdf->unknown_on_page = 0;
    pdf->quarters = 0;
    if (!pdf->text)
        return TQ_OK;
    for (const fz_stext_block *block = pdf->text->first_block; block; block = block->next) {
        if (block->type != FZ_STEXT_BLOCK_TEXT)
            continue;
        for (const fz_stext_line *line = block->u.t.first_line; line; line = line->next) {
            int r = add_line(pdf, line, err);

            if (r < 0)
                return r;
        }
    }
    pdf->quarters = pdf_turn_quarters(pdf->text);
    if (pdf->quarters > 0)
        pdf_turn_words(pdf->quarters, pdf->bounds.x1 - pdf->bounds.x0,
                       pdf->bounds.y1 - pdf->bounds.y0, pdf->builder.words,
                       pdf->builder.word_count);
    return TQ_OK;
}

static int note_page(struct pdf *pdf, uint32_t number, bool whole, struct tq_error *err)
{
    uint64_t place = (uint64_t)number << 32;
    int r = TQ_OK;

    if (!whole)
        r = note_kind_add(&pdf->bad_pages, pdf->sink, place, err);
    if (r == TQ_OK && pdf->builder.too_many)
        r = note_kind_add(&pdf->full_pages, pdf->sink, place, err);
    if (r == TQ_OK && pdf->unknown_on_page * UNREADABLE_SHARE > pdf->glyphs_on_page)
        r = note_kind_add(&pdf->unknown_pages, pdf->sink, place, err);
    pdf->pages_without_text += pdf->builder.word_count == 0;
    return r;
}

/* ---- pages that are pictures ---- */

/* Whether the text of a page is not its text: it has none, letters drawn as curves included; or
 * next to none, beside a picture; or characters without a meaning. */
static bool is_picture(struct pdf *pdf)
{
    if (!pdf->page || !pdf->text)
        return false;
    if (pdf->builder.word_count == 0)
        return pdf_drawn_area(pdf->context, pdf->page, pdf->bounds) > 0;
    if (pdf->unknown_on_page * UNREADABLE_SHARE > pdf->glyphs_on_page)
        return true;
    return pdf->builder.word_count < FEW_WORDS
           && pdf_pictures_area(pdf->context, pdf->page, pdf->bounds) * PICTURE_SHARE
                  > pdf_area(pdf->bounds);
}

static int recognise_pixels(struct pdf *pdf, const fz_pixmap *pixels, float scale,
                            struct page_builder *builder, struct recognised *result,
                            struct tq_error *err)
{
    const struct recogniser *recogniser = pdf->tally.recogniser;
    const struct raster raster = {.pixels = pixels->samples,
                                  .width = (uint32_t)pixels->w,
                                  .height = (uint32_t)pixels->h,
                                  .stride_bytes = (size_t)pixels->stride,
                                  .dots_per_point = scale};

    return recogniser->raster(recogniser->state, &raster, builder, result, err);
}

/* Read the page off its picture, and take that if it is more than the text that the page had. */
static int recognise_page(struct pdf *pdf, uint32_t number, uint32_t *out_confidence,
                          struct tq_error *err)
{
    CLEANUP(page_builder_clear) struct page_builder builder = {0};
    struct recognised result = {.outcome = RECOGNITION_UNREADABLE};
    float scale;
    fz_pixmap *pixels = pdf_draw(pdf->context, pdf->page, pdf->bounds, &scale);
    int r = TQ_OK;

    if (pixels)
        r = recognise_pixels(pdf, pixels, scale, &builder, &result, err);
    fz_drop_pixmap(pdf->context, pixels);
    if (r == TQ_OK)
        r = recognition_count(&pdf->tally, &result, number, pdf->sink, err);
    if (r < 0 || builder.word_count == 0
        || (builder.word_count < pdf->builder.word_count && pdf->unknown_on_page == 0))
        return r;
    page_builder_clear(&pdf->builder);
    pdf->builder = builder;
    builder = (struct page_builder){0};
    pdf->unknown_on_page = 0;
    pdf->quarters = 0;
    *out_confidence = result.confidence > 0 ? result.confidence : 1;
    return TQ_OK;
}

/* The page that was built, as it is when its text runs to the right. */
static struct page built_page(const struct pdf *pdf, uint32_t number)
{
    float width = pdf->bounds.x1 - pdf->bounds.x0, height = pdf->bounds.y1 - pdf->bounds.y0;

    if (pdf->quarters % 2 == 1)
        return page_builder_page(&pdf->builder, number, height, width);
    return page_builder_page(&pdf->builder, number, width, height);
}

static int read_page(struct pdf *pdf, int index, struct tq_error *err)
{
    uint32_t number = (uint32_t)index + 1;
    bool whole = run_page(pdf, index);
    uint32_t confidence = 0;
    struct page page;
    int r;

    r = add_words(pdf, err);
    if (r == TQ_OK && is_picture(pdf) && recognition_next(&pdf->tally))
        r = recognise_page(pdf, number, &confidence, err);
    if (r == TQ_OK) {
        page = built_page(pdf, number);
        page.ocr_confidence = confidence;
        r = pdf->sink->page(pdf->sink->state, &page, err);
    }
    if (r == TQ_OK)
        r = note_page(pdf, number, whole, err);
    drop_page(pdf);
    return r;
}

static int read_pages(struct pdf *pdf, struct tq_error *err)
{
    int count = pdf->page_count;
    int r;

    if (count > 0 && (uint32_t)count > pdf->limits->pages_max) {
        r = emit_note(pdf->sink, 0, err, "%d pages: the first %" PRIu32 " are read", count,
                      pdf->limits->pages_max);
        if (r < 0)
            return r;
        count = (int)pdf->limits->pages_max;
    }
    for (int i = 0; i < count; i++) {
        r = read_page(pdf, i, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int finish_notes(struct pdf *pdf, struct tq_error *err)
{
    const struct note_kind *kinds[] = {&pdf->bad_pages, &pdf->full_pages, &pdf->unknown_pages};
    int r;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        r = note_kind_finish(kinds[i], pdf->sink, err);
        if (r < 0)
            return r;
    }
    if (pdf->pages_without_text > 0) {
        r = emit_note(pdf->sink, 0, err, "%" PRIu32 " of %d pages have no text",
                      pdf->pages_without_text, pdf->page_count);
        if (r < 0)
            return r;
    }
    r = recognition_finish(&pdf->tally, pdf->sink, err);
    if (r < 0)
        return r;
    if (pdf->faults > 0)
        return emit_note(pdf->sink, 0, err, "damaged PDF: %" PRIu32 " faults were passed over",
                         pdf->faults);
    return TQ_OK;
}

void pdf_pages_prepare(void)
{
    (void)thread_context(); /* a failure shows again when a PDF is read */
}

int pdf_pages_read(const struct extract_input *input, const struct extract_limits *limits,
                   const struct sink *sink, struct tq_error *err)
{
    CLEANUP(pdf_clear)
    struct pdf pdf = {
        .limits = limits,
        .sink = sink,
        .bad_pages = {"the page could not be read whole", 0},
        .full_pages = {"the page has too many words: the rest was left out", 0},
        .unknown_pages = {"most characters of the page have no known meaning", 0},
        .tally = recognition_start(input->recogniser, input->pictures_max),
    };
    int r;

    pdf.context = thread_context();
    if (!pdf.context)
        return tq_no_memory(err);
    fz_set_error_callback(pdf.context, count_fault, &pdf.faults);
    r = load_bytes(&pdf, input, err);
    if (r < 0)
        return r;
    if (!open_document(&pdf, input->fd))
        return emit_note(sink, 0, err, "damaged PDF: not read");
    r = unlock(&pdf, input->passwords, err);
    if (r < 0)
        return r;
    if (pdf.is_locked)
        return locked_note(input, sink, err);
    if (!count_pages(&pdf))
        return emit_note(sink, 0, err, "damaged PDF: not read");
    r = emit_facts(&pdf, err);
    if (r < 0)
        return r;
    r = read_pages(&pdf, err);
    return r < 0 ? r : finish_notes(&pdf, err);
}

int pdf_visible_page_read(const struct extract_input *input, const struct extract_limits *limits,
                          uint32_t number, const struct sink *sink, struct tq_error *err)
{
    CLEANUP(pdf_clear) struct pdf pdf = {.limits = limits, .sink = sink};
    void *faults;
    int r;

    pdf.context = thread_context();
    pdf.covers = alloc_zeroed(1, sizeof(*pdf.covers));
    if (!pdf.context || !pdf.covers)
        return tq_no_memory(err);
    (void)fz_error_callback(pdf.context, &faults); /* of the reading that this one is a part of */
    r = load_bytes(&pdf, input, err);
    if (r == TQ_OK && open_document(&pdf, input->fd)) {
        r = unlock(&pdf, input->passwords, err);
        if (r == TQ_OK && !pdf.is_locked && count_pages(&pdf) && number <= (uint32_t)pdf.page_count)
            r = read_page(&pdf, (int)number - 1, err);
    }
    pdf_clear(&pdf);
    fz_set_error_callback(pdf.context, count_fault, faults);
    pdf = (struct pdf){0};
    return r;
}
