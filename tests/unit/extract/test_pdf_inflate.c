/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

fz_buffer *__real_pdf_load_stream(fz_context *context, pdf_obj *stream);

struct world {
    fz_context *context;
    pdf_document *document;
};

static void ignore(void *user, const char *message)
{
    (void)user;
    (void)message;
}

static int open_world(void **state)
{
    static struct world world;

    world.context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    assert_non_null(world.context);
    fz_set_warning_callback(world.context, ignore, NULL);
    fz_set_error_callback(world.context, ignore, NULL);
    world.document = pdf_create_document(world.context);
    *state = &world;
    return 0;
}

static int close_world(void **state)
{
    struct world *world = *state;

    pdf_drop_document(world->context, world->document);
    fz_drop_context(world->context);
    return 0;
}

/* NULL: it could not be loaded. */
static fz_buffer *load(fz_context *context, pdf_obj *stream,
                       fz_buffer *(*how)(fz_context *context, pdf_obj *stream))
{
    fz_buffer *volatile buffer = NULL;

    fz_try(context)
    {
        buffer = how(context, stream);
    }
    fz_catch(context)
    {
        return NULL;
    }
    return buffer;
}

/* Both ways to load a stream of these packed bytes give the same. How many bytes. */
static size_t compare(struct world *world, const unsigned char *packed, size_t length,
                      pdf_obj *filter)
{
    fz_context *context = world->context;
    fz_buffer *source = fz_new_buffer_from_copied_data(context, packed, length), *ours, *theirs;
    pdf_obj *dictionary = pdf_new_dict(context, world->document, 2), *stream;
    unsigned char *our_bytes, *their_bytes;
    size_t got = 0;

    pdf_dict_put(context, dictionary, PDF_NAME(Filter), filter);
    stream = pdf_add_stream(context, world->document, source, dictionary, 1);
    ours = load(context, stream, pdf_load_stream);
    theirs = load(context, stream, __real_pdf_load_stream);
    assert_int_equal(ours == NULL, theirs == NULL);
    if (ours) {
        got = fz_buffer_storage(context, ours, &our_bytes);
        assert_int_equal(got, fz_buffer_storage(context, theirs, &their_bytes));
        if (got > 0)
            assert_memory_equal(our_bytes, their_bytes, got);
    }
    pdf_update_object(context, world->document, pdf_to_num(context, stream), PDF_NULL);
    fz_drop_buffer(context, ours);
    fz_drop_buffer(context, theirs);
    fz_drop_buffer(context, source);
    pdf_drop_obj(context, stream);
    pdf_drop_obj(context, dictionary);
    return got;
}

/* `length` bytes, packed. */
static unsigned char *pack(fz_context *context, size_t length, size_t *out_length)
{
    unsigned char *plain = calloc(length + 1, 1), *packed;

    assert_non_null(plain);
    for (size_t i = 0; i < length; i++)
        plain[i] = (unsigned char)(i % 7 * i / 3);
    packed = fz_new_deflated_data(context, out_length, plain, length, FZ_DEFLATE_BEST);
    free(plain);
    return packed;
}

static void streams_of_every_size_are_loaded_as_mupdf_does(void **state)
{
    static const size_t sizes[] = {0, 1, 100, 5000, 300000};
    struct world *world = *state;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t length;
        unsigned char *packed = pack(world->context, sizes[i], &length);

        assert_int_equal(compare(world, packed, length, PDF_NAME(FlateDecode)), sizes[i]);
        fz_free(world->context, packed);
    }
}

static void a_stream_that_unpacks_to_much_is_left_to_mupdf(void **state)
{
    struct world *world = *state;
    unsigned char *zeros = calloc(1, 1000000), *packed;
    size_t length;

    assert_non_null(zeros);
    packed = fz_new_deflated_data(world->context, &length, zeros, 1000000, FZ_DEFLATE_BEST);
    assert_true(compare(world, packed, length, PDF_NAME(FlateDecode)) > 0);
    fz_free(world->context, packed);
    free(zeros);
}

static void damaged_streams_give_what_mupdf_saves(void **state)
{
    struct world *world = *state;
    size_t length;
    unsigned char *packed = pack(world->context, 600, &length);

    for (size_t i = 0; i < length; i++) {
        unsigned char kept = packed[i];

        (void)compare(world, packed, i, PDF_NAME(FlateDecode)); /* cut */
        packed[i] ^= 0x55;
        (void)compare(world, packed, length, PDF_NAME(FlateDecode));
        packed[i] = kept;
    }
    fz_free(world->context, packed);
}

static void other_filters_are_left_to_mupdf(void **state)
{
    struct world *world = *state;
    fz_context *context = world->context;
    pdf_obj *filters = pdf_new_array(context, world->document, 2);
    static const unsigned char text[] = "48656C6C6F>";
    size_t length;
    unsigned char *packed = pack(context, 100, &length);

    assert_int_equal(compare(world, text, sizeof(text) - 1, PDF_NAME(ASCIIHexDecode)), 5);
    pdf_array_push(context, filters, PDF_NAME(FlateDecode));
    assert_int_equal(compare(world, packed, length, filters), 100);
    pdf_array_push(context, filters, PDF_NAME(ASCIIHexDecode));
    (void)compare(world, packed, length, filters);
    pdf_drop_obj(context, filters);
    fz_free(context, packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_of_every_size_are_loaded_as_mupdf_does),
        cmocka_unit_test(a_stream_that_unpacks_to_much_is_left_to_mupdf),
        cmocka_unit_test(damaged_streams_give_what_mupdf_saves),
        cmocka_unit_test(other_filters_are_left_to_mupdf),
    };

    return cmocka_run_group_tests(tests, open_world, close_world);
}
