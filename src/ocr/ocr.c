/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "ocr/ocr.h"

#include <math.h>
#include <stdlib.h>
#include <tesseract/capi.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "ocr/picture.h"
#include "ocr/word_list.h"

#define POINTS_PER_INCH  72.0f
#define PAGE_CONFIDENCE  65.0f /* below it the page may lie on its side or on its head */
#define WORDS_FOR_A_PAGE 3u    /* fewer words prove nothing, however sure */
#define TURNS            4

const struct ocr_limits ocr_limits_default = {.page_ms_max = OCR_PAGE_MS_MAX};

/*
 * Two models, because one of both scripts gives digits to the Arabic one, which misreads them: the
 * Latin one reads the page, the Arabic one reads it again if a word is in doubt, and words of
 * Arabic letters are taken from it.
 */
struct ocr {
    TessBaseAPI *latin, *arabic; /* either may be NULL: its language is not installed */
    struct ocr_limits limits;
    struct word_list latin_words, arabic_words;
};

/* What came of one look at a page. */
struct look {
    enum recognition outcome;
    float confidence; /* mean of the words taken */
    uint32_t words_left_out;
    size_t words;
};

static TessBaseAPI *engine_free(TessBaseAPI *engine)
{
    if (engine) {
        TessBaseAPIEnd(engine);
        TessBaseAPIDelete(engine);
    }
    return NULL;
}

static TessBaseAPI *engine_new(const char *language)
{
    TessBaseAPI *engine = TessBaseAPICreate();

    if (!engine)
        return NULL;
    if (TessBaseAPIInit2(engine, NULL, language, OEM_LSTM_ONLY) != 0)
        return engine_free(engine);
    TessBaseAPISetPageSegMode(engine, PSM_AUTO);
    (void)TessBaseAPISetVariable(engine, "debug_file", "/dev/null");
    return engine;
}

int ocr_new(const struct ocr_limits *limits, struct ocr **out_ocr, struct tq_error *err)
{
    static const char *const latin[] = {"fra+eng", "fra", "eng"};
    struct ocr *ocr = alloc_zeroed(1, sizeof(*ocr));

    if (!ocr)
        return tq_no_memory(err);
    (void)setMsgSeverity(L_SEVERITY_NONE);
    ocr->limits = *limits;
    for (size_t i = 0; i < sizeof(latin) / sizeof(latin[0]) && !ocr->latin; i++)
        ocr->latin = engine_new(latin[i]);
    ocr->arabic = engine_new("ara");
    if (!ocr->latin && !ocr->arabic) {
        (void)ocr_free(ocr);
        return tq_fail(err, TQ_E_IO, "no language for OCR is installed");
    }
    *out_ocr = ocr;
    return TQ_OK;
}

struct ocr *ocr_free(struct ocr *ocr)
{
    if (!ocr)
        return NULL;
    (void)engine_free(ocr->latin);
    (void)engine_free(ocr->arabic);
    word_list_clear(&ocr->latin_words);
    word_list_clear(&ocr->arabic_words);
    free(ocr);
    return NULL;
}

/* ---- words ---- */

static int add_word(const TessResultIterator *at, struct word_list *words, struct tq_error *err)
{
    struct found_word word = {.confidence = TessResultIteratorConfidence(at, RIL_WORD)};
    char *text;
    int r;

    if (!TessPageIteratorBoundingBox(TessResultIteratorGetPageIteratorConst(at), RIL_WORD, &word.x0,
                                     &word.y0, &word.x1, &word.y1))
        return TQ_OK;
    text = TessResultIteratorGetUTF8Text(at, RIL_WORD);
    if (!text)
        return TQ_OK;
    r = word_list_add(words, &word, slice_of(text), err);
    TessDeleteText(text);
    return r;
}

static int add_words(TessBaseAPI *engine, struct word_list *words, struct tq_error *err)
{
    TessResultIterator *at = TessBaseAPIGetIterator(engine);
    int r = TQ_OK;

    if (!at)
        return TQ_OK; /* an empty page */
    do {
        r = add_word(at, words, err);
    } while (r == TQ_OK && TessResultIteratorNext(at, RIL_WORD));
    TessResultIteratorDelete(at);
    return r;
}

/* Read a picture as it lies, by one engine. */
static int run_engine(struct ocr *ocr, TessBaseAPI *engine, PIX *picture, float dots_per_point,
                      struct word_list *words, bool *out_late, struct tq_error *err)
{
    ETEXT_DESC *monitor = TessMonitorCreate();
    int r = TQ_OK;

    word_list_empty(words);
    if (!monitor)
        return tq_no_memory(err);
    TessMonitorSetDeadlineMSecs(monitor, ocr->limits.page_ms_max);
    TessBaseAPISetImage2(engine, picture);
    TessBaseAPISetSourceResolution(engine, (int)lrintf(dots_per_point * POINTS_PER_INCH));
    *out_late = TessBaseAPIRecognize(engine, monitor) != 0;
    TessMonitorDelete(monitor);
    if (!*out_late)
        r = add_words(engine, words, err);
    TessBaseAPIClear(engine);
    return r;
}

/* ---- pages ---- */

/* Read a picture as it lies, by both engines if there is doubt. */
static int look_at(struct ocr *ocr, PIX *picture, float dots_per_point, struct look *out,
                   struct page_builder *builder, struct tq_error *err)
{
    bool late = false;
    int r = TQ_OK;

    page_builder_empty(builder);
    word_list_empty(&ocr->latin_words);
    word_list_empty(&ocr->arabic_words);
    *out = (struct look){.outcome = RECOGNISED};
    if (ocr->latin)
        r = run_engine(ocr, ocr->latin, picture, dots_per_point, &ocr->latin_words, &late, err);
    if (r == TQ_OK && !late && ocr->arabic && word_list_has_doubt(&ocr->latin_words))
        r = run_engine(ocr, ocr->arabic, picture, dots_per_point, &ocr->arabic_words, &late, err);
    if (late)
        out->outcome = RECOGNITION_LATE;
    if (r < 0 || late)
        return r;
    r = word_list_merge(&ocr->latin_words, &ocr->arabic_words, dots_per_point, builder,
                        &out->confidence, err);
    out->words = builder->word_count;
    out->words_left_out = ocr->latin_words.left_out;
    return r;
}

static bool is_convincing(const struct look *look)
{
    return look->outcome != RECOGNISED || look->confidence >= PAGE_CONFIDENCE
           || look->words + look->words_left_out < WORDS_FOR_A_PAGE;
}

/* The sum of what is known of its words: a page the wrong way up has few, and unsure ones. */
static float worth(const struct look *look)
{
    return look->confidence * (float)look->words;
}

static int look_turned(struct ocr *ocr, PIX *picture, int turns, float dots_per_point,
                       struct look *out, struct page_builder *builder, struct tq_error *err)
{
    PIX *turned = picture_turn(picture, turns);
    int r;

    if (!turned)
        return tq_no_memory(err);
    r = look_at(ocr, turned, dots_per_point, out, builder, err);
    (void)picture_free(turned);
    return r;
}

/* A page that makes little sense is tried the other ways up; *out_turns is the best of them, which
 * is what `builder` holds at the end. */
static int find_way_up(struct ocr *ocr, PIX *picture, float dots_per_point, int *out_turns,
                       struct look *out, struct page_builder *builder, struct tq_error *err)
{
    struct look best;
    int last = 0;
    int r = look_at(ocr, picture, dots_per_point, &best, builder, err);

    *out_turns = 0;
    for (int turns = 1; turns < TURNS && r == TQ_OK && !is_convincing(&best); turns++) {
        struct look look;

        last = turns;
        r = look_turned(ocr, picture, turns, dots_per_point, &look, builder, err);
        if (r == TQ_OK && look.outcome == RECOGNISED && worth(&look) > worth(&best)) {
            best = look;
            *out_turns = turns;
        }
    }
    if (r == TQ_OK && last != *out_turns)
        r = look_turned(ocr, picture, *out_turns, dots_per_point, &best, builder, err);
    *out = best;
    return r;
}

static int read_picture(struct ocr *ocr, PIX *picture, float dots_per_point,
                        struct page_builder *builder, struct recognised *out, struct tq_error *err)
{
    float width = (float)pixGetWidth(picture) / dots_per_point;
    float height = (float)pixGetHeight(picture) / dots_per_point;
    struct look look;
    int turns, r;

    r = find_way_up(ocr, picture, dots_per_point, &turns, &look, builder, err);
    if (r < 0)
        return r;
    *out = (struct recognised){.outcome = look.outcome,
                               .confidence = (uint32_t)lrintf(look.confidence),
                               .words_left_out = look.words_left_out,
                               .width = turns % 2 ? height : width,
                               .height = turns % 2 ? width : height};
    return TQ_OK;
}

static int read_image(void *state, struct slice bytes, uint32_t page, struct page_builder *builder,
                      struct recognised *out, struct tq_error *err)
{
    float dots_per_point = 1;
    PIX *picture = picture_decode(bytes, page, &dots_per_point);
    int r;

    if (!picture) {
        *out = (struct recognised){.outcome = RECOGNITION_UNREADABLE};
        return TQ_OK;
    }
    r = read_picture(state, picture, dots_per_point, builder, out, err);
    (void)picture_free(picture);
    return r;
}

static int read_raster(void *state, const struct raster *raster, struct page_builder *builder,
                       struct recognised *out, struct tq_error *err)
{
    PIX *picture = picture_of_raster(raster);
    int r;

    if (!picture)
        return tq_no_memory(err);
    r = read_picture(state, picture, raster->dots_per_point, builder, out, err);
    (void)picture_free(picture);
    return r;
}

struct recogniser ocr_recogniser(struct ocr *ocr)
{
    return (struct recogniser){.state = ocr, .image = read_image, .raster = read_raster};
}
