/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The yardstick for PDF text: bare MuPDF, one process, one context, nothing around it.
 *
 *   mupdf_text FOLDER [PART OF]
 *
 * Prints documents, bytes of text, documents that failed, and seconds.
 */
#include <mupdf/fitz.h>
#include <stdio.h>
#include <stdlib.h>

#include "folder.h"

#define STORE_BYTES ((size_t)32 << 20) /* as in Tahqiq's reader */

static void ignore(void *user, const char *message)
{
    (void)user;
    (void)message;
}

/* The text of one document into `text`. False if any of it could not be read. */
static int read_document(fz_context *context, const char *path, fz_buffer *text)
{
    const fz_stext_options options = {.flags = 0};
    fz_document *document = NULL;
    fz_stext_page *page = NULL;
    fz_output *output = NULL;
    int works = 1;

    fz_var(document);
    fz_var(page);
    fz_var(output);
    fz_try(context)
    {
        document = fz_open_document(context, path);
        output = fz_new_output_with_buffer(context, text);
        int pages = fz_count_pages(context, document);

        for (int i = 0; i < pages; i++) {
            page = fz_new_stext_page_from_page_number(context, document, i, &options);
            fz_print_stext_page_as_text(context, output, page);
            fz_drop_stext_page(context, page);
            page = NULL;
        }
        fz_close_output(context, output);
    }
    fz_always(context)
    {
        fz_drop_output(context, output);
        fz_drop_stext_page(context, page);
        fz_drop_document(context, document);
    }
    fz_catch(context)
    {
        works = 0;
    }
    return works;
}

static void read_folder(fz_context *context, const struct folder *folder)
{
    fz_buffer *text = fz_new_buffer(context, 1 << 16);
    double begin = seconds_now();
    size_t bytes = 0, failed = 0;

    for (size_t i = 0; i < folder->count; i++) {
        fz_clear_buffer(context, text);
        failed += !read_document(context, folder->paths[i], text);
        bytes += fz_buffer_storage(context, text, NULL);
    }
    printf("%zu %zu %zu %.3f\n", folder->count, bytes, failed, seconds_now() - begin);
    fz_drop_buffer(context, text);
}

int main(int argc, char **argv)
{
    if (argc != 2 && argc != 4) {
        fprintf(stderr, "Usage: mupdf_text FOLDER [PART OF]\n");
        return 2;
    }
    unsigned part = argc == 4 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
    unsigned of = argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
    struct folder folder = folder_open(argv[1], part, of ? of : 1);
    fz_context *context = fz_new_context(NULL, NULL, STORE_BYTES);

    if (!context)
        return 1;
    fz_set_warning_callback(context, ignore, NULL);
    fz_set_error_callback(context, ignore, NULL);
    fz_register_document_handlers(context);
    read_folder(context, &folder);
    fz_drop_context(context);
    folder_close(&folder);
    return 0;
}
