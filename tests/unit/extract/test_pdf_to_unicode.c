/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "recorder.h"

#define CODES 65536u

void __real_pdf_load_to_unicode(fz_context *context, pdf_document *document, pdf_font_desc *font,
                                const char **strings, char *collection, pdf_obj *map);

struct world {
    fz_context *context;
    struct buf sample;
    fz_stream *stream;
    pdf_document *document;
    pdf_obj *map; /* of the font whose codes are glyphs */
};

static int open_world(void **state)
{
    static struct world world;
    fz_context *context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);

    assert_non_null(context);
    world = (struct world){.context = context, .sample = corpus_load("pdf/two_scripts.pdf")};
    world.stream =
        fz_open_memory(context, (const unsigned char *)world.sample.data, world.sample.length);
    world.document = pdf_open_document_with_stream(context, world.stream);
    for (int i = 1; i < pdf_count_objects(context, world.document); i++) {
        pdf_obj *object = pdf_new_indirect(context, world.document, i, 0);

        if (pdf_name_eq(context, pdf_dict_gets(context, object, "Encoding"), PDF_NAME(Identity_H)))
            world.map = pdf_dict_gets(context, object, "ToUnicode");
        pdf_drop_obj(context, object);
    }
    assert_non_null(world.map);
    *state = &world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;

    pdf_drop_document(world->context, world->document);
    fz_drop_stream(world->context, world->stream);
    fz_drop_context(world->context);
    buf_clear(&world->sample);
    return 0;
}

/* Hands the encoding over. How many codes have a meaning. */
static size_t compare(const struct world *world, pdf_cmap *encoding)
{
    fz_context *context = world->context;
    pdf_font_desc *ours = pdf_new_font_desc(context), *theirs = pdf_new_font_desc(context);
    char collection[] = "Adobe-Identity";
    size_t known = 0;

    ours->encoding = encoding;
    theirs->encoding = pdf_keep_cmap(context, encoding);
    pdf_load_to_unicode(context, world->document, ours, NULL, collection, world->map);
    __real_pdf_load_to_unicode(context, world->document, theirs, NULL, collection, world->map);
    for (unsigned code = 0; code < CODES; code++) {
        int our_text[PDF_MRANGE_CAP] = {0}, their_text[PDF_MRANGE_CAP] = {0};
        int length = pdf_lookup_cmap_full(theirs->to_unicode, code, their_text);

        assert_int_equal(pdf_lookup_cmap_full(ours->to_unicode, code, our_text), length);
        assert_memory_equal(our_text, their_text, sizeof(our_text));
        assert_int_equal(pdf_lookup_cmap(ours->to_unicode, code),
                         pdf_lookup_cmap(theirs->to_unicode, code));
        known += length > 0;
    }
    pdf_drop_font(context, ours);
    pdf_drop_font(context, theirs);
    return known;
}

static void codes_that_are_glyphs_mean_what_mupdf_says(void **state)
{
    const struct world *world = *state;

    assert_true(compare(world, pdf_new_identity_cmap(world->context, 0, 2)) > 10);
}

static void other_encodings_are_left_to_mupdf(void **state)
{
    const struct world *world = *state;
    pdf_cmap *encoding = pdf_new_cmap(world->context);

    pdf_add_codespace(world->context, encoding, 0, 0xFFFF, 2);
    pdf_map_range_to_range(world->context, encoding, 0, 0xFFFE, 1);
    pdf_sort_cmap(world->context, encoding);
    assert_true(compare(world, encoding) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_that_are_glyphs_mean_what_mupdf_says),
        cmocka_unit_test(other_encodings_are_left_to_mupdf),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
