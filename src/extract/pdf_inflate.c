/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * MuPDF's pdf_load_stream(), put before the original by the linker (--wrap, see meson.build).
 *
 * It is how the files of fonts are loaded, and to unpack them took a quarter of the time of reading
 * a page. libdeflate does so twice as fast as zlib, but all or nothing: whatever it declines is
 * left to the original, which keeps what can be had of a damaged stream.
 */
#include <libdeflate.h>
#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <stdbool.h>

#define PACKED_BYTES_MAX ((size_t)4 << 20) /* the font of a language with 20,000 characters */
#define GROWTH_USUAL     3u                /* of a font's file */
#define GROWTH_MAX       24u

fz_buffer *__real_pdf_load_stream(fz_context *context, pdf_obj *stream);
fz_buffer *__wrap_pdf_load_stream(fz_context *context, pdf_obj *stream);

/* Packed by the usual method, and by no other before or after. */
static bool is_flate_only(fz_context *context, pdf_obj *stream)
{
    pdf_obj *filter = pdf_dict_get(context, stream, PDF_NAME(Filter));

    if (pdf_dict_get(context, stream, PDF_NAME(DecodeParms)) || !pdf_is_stream(context, stream))
        return false;
    if (pdf_is_array(context, filter) && pdf_array_len(context, filter) == 1)
        filter = pdf_array_get(context, filter, 0);
    return pdf_name_eq(context, filter, PDF_NAME(FlateDecode));
}

static struct libdeflate_decompressor *thread_decompressor(void)
{
    static _Thread_local struct libdeflate_decompressor *kept;

    if (!kept)
        kept = libdeflate_alloc_decompressor();
    return kept;
}

/* What the packed bytes hold, or NULL if that is to be left to the original. */
static unsigned char *unpack(fz_context *context, fz_buffer *packed, size_t *out_length)
{
    struct libdeflate_decompressor *decompressor = thread_decompressor();
    unsigned char *bytes, *data = NULL;
    size_t length = fz_buffer_storage(context, packed, &bytes), used;

    if (!decompressor || length == 0 || length > PACKED_BYTES_MAX)
        return NULL;
    for (size_t growth = GROWTH_USUAL; growth <= GROWTH_MAX; growth *= 2) {
        enum libdeflate_result result = LIBDEFLATE_BAD_DATA;

        data = fz_malloc_no_throw(context, growth * length);
        if (data)
            result = libdeflate_zlib_decompress_ex(decompressor, bytes, length, data,
                                                   growth * length, &used, out_length);
        if (result == LIBDEFLATE_SUCCESS)
            return data;
        fz_free(context, data);
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
            return NULL;
    }
    return NULL;
}

fz_buffer *__wrap_pdf_load_stream(fz_context *context, pdf_obj *stream)
{
    fz_buffer *packed;
    unsigned char *data;
    size_t length = 0;

    if (!is_flate_only(context, stream))
        return __real_pdf_load_stream(context, stream);
    packed = pdf_load_raw_stream(context, stream);
    data = unpack(context, packed, &length);
    fz_drop_buffer(context, packed);
    return data ? fz_new_buffer_from_data(context, data, length)
                : __real_pdf_load_stream(context, stream);
}
