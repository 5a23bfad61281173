/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_metadata.h"

#include <mupdf/pdf.h>

#include "extract/pdf_xmp.h"

#define PACKET_BYTES_MAX                                                     \
    ((size_t)1 << 20) /* the usual one has four thousand, most of them blank \
                       */

/* The stream at /Root /Metadata; NULL if there is none. Throws. */
static fz_buffer *load_packet(fz_context *context, fz_document *document)
{
    pdf_document *pdf = pdf_specifics(context, document);
    pdf_obj *metadata;

    if (!pdf)
        return NULL;
    metadata =
        pdf_dict_get(context, pdf_dict_get(context, pdf_trailer(context, pdf), PDF_NAME(Root)),
                     PDF_NAME(Metadata));
    return pdf_is_stream(context, metadata) ? pdf_load_stream(context, metadata) : NULL;
}

void pdf_metadata_find(fz_context *context, fz_document *document,
                       struct document_metadata *out_found)
{
    fz_buffer *packet = NULL;
    unsigned char *bytes = NULL;
    size_t length;

    memset(out_found, 0, sizeof(*out_found));
    fz_var(packet);
    fz_try(context)
    {
        packet = load_packet(context, document);
        length = packet ? fz_buffer_storage(context, packet, &bytes) : 0;
        if (length > PACKET_BYTES_MAX)
            length = PACKET_BYTES_MAX;
        if (length > 0)
            pdf_xmp_read(slice_make((const char *)bytes, length), out_found);
    }
    fz_always(context)
    {
        fz_drop_buffer(context, packet);
    }
    fz_catch(context)
    {
        memset(out_found, 0, sizeof(*out_found));
    }
}
