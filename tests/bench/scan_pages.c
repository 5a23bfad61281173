/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Scans of documents that have their text: to be read in tests, and to measure how well they are.
 *
 *   scan_pages make png|tiff|pdf DOCUMENT.pdf OUT    its first page as a picture, 300 dots an inch
 *   scan_pages measure DOCUMENT.pdf...               words of first pages that OCR finds, and time
 */
#include <leptonica/allheaders.h>
#include <mupdf/fitz.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "extract/extract.h"
#include "ocr/ocr.h"
#include "ocr/picture.h"

#define DOTS  300
#define POINT (DOTS / 72.0f)

static PIX *scan_first_page(const char *path)
{
    fz_context *context = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    fz_pixmap *pixels;
    struct raster raster;
    PIX *picture;

    fz_register_document_handlers(context);
    pixels = fz_new_pixmap_from_page_number(context, fz_open_document(context, path), 0,
                                            fz_scale(POINT, POINT), fz_device_gray(context), 0);
    raster = (struct raster){.pixels = pixels->samples,
                             .width = (uint32_t)pixels->w,
                             .height = (uint32_t)pixels->h,
                             .stride_bytes = (size_t)pixels->stride,
                             .dots_per_point = POINT};
    picture = picture_of_raster(&raster);
    (void)pixSetResolution(picture, DOTS, DOTS);
    fz_drop_pixmap(context, pixels);
    return picture; /* the rest is left to the end of the process */
}

static int make(const char *kind, const char *document, const char *path)
{
    PIX *picture = scan_first_page(document);

    if (strcmp(kind, "tiff") == 0)
        return pixWrite(path, pixConvertTo1(picture, 160), IFF_TIFF_G4);
    return pixWrite(path, picture, strcmp(kind, "pdf") == 0 ? IFF_LPDF : IFF_PNG);
}

/* ---- measuring ---- */

struct words {
    char **items;
    size_t count, capacity;
};

static int take_page(void *state, const struct page *page, struct tq_error *err)
{
    struct words *words = state;

    for (uint32_t i = 0; i < page->word_count && page->number == 1; i++) {
        struct slice text = page_word_text(page, &page->words[i]);
        int r = alloc_reserve(&words->items, &words->capacity, words->count + 1,
                              sizeof(*words->items), err);

        if (r < 0)
            return r;
        words->items[words->count++] = strndup(text.data, text.length);
    }
    return TQ_OK;
}

static int take_text(void *state, struct slice text, struct tq_error *err)
{
    (void)state, (void)text, (void)err;
    return TQ_OK;
}

static int take_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    (void)state, (void)name, (void)value, (void)err;
    return TQ_OK;
}

static int take_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    (void)state, (void)place, (void)text, (void)err;
    return TQ_OK;
}

static void read_words(int fd, uint64_t size, const struct recogniser *recogniser,
                       struct words *words)
{
    const struct sink sink = {
        .state = words, .type = take_text, .page = take_page, .fact = take_fact, .note = take_note};
    const struct extract_input input = {
        .fd = fd, .size_bytes = size, .recogniser = recogniser, .pictures_max = 1};
    struct tq_error err;

    if (extract_read(&input, &extract_limits_default, &sink, &err) < 0)
        (void)fprintf(stderr, "scan_pages: %s\n", err.message);
}

static bool is_arabic(const char *word)
{
    return ((unsigned char)word[0] & 0xFCu) == 0xD8;
}

struct score {
    unsigned words[2], found[2]; /* Latin and digits; Arabic */
    double seconds;
};

/* Each word of the text counts once for each time that it is read. */
static void compare(const struct words *wanted, struct words *read, struct score *score)
{
    for (size_t i = 0; i < wanted->count; i++) {
        unsigned script = is_arabic(wanted->items[i]);

        score->words[script]++;
        for (size_t j = 0; j < read->count; j++) {
            if (!read->items[j] || strcmp(read->items[j], wanted->items[i]) != 0)
                continue;
            score->found[script]++;
            free(read->items[j]);
            read->items[j] = NULL;
            break;
        }
    }
}

static void measure(const char *path, const struct recogniser *recogniser, struct score *score)
{
    CLEANUP(buf_clear_cleanup) struct buf document = {0};
    struct words wanted = {0}, read = {0};
    struct timespec start, end;
    l_uint8 *scan = NULL;
    struct tq_error err;
    size_t size = 0;
    int fd = memfd_create("document", 0), scan_fd = memfd_create("scan", 0);

    if (file_load(path, 1 << 28, &document, &err) < 0
        || file_write(fd, document.data, document.length, &err) < 0)
        return;
    read_words(fd, document.length, NULL, &wanted);
    if (pixWriteMem(&scan, &size, scan_first_page(path), IFF_PNG) != 0
        || file_write(scan_fd, scan, size, &err) < 0)
        return;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    read_words(scan_fd, size, recogniser, &read);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    score->seconds +=
        (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    compare(&wanted, &read, score);
    (void)close(fd);
    (void)close(scan_fd);
    free(scan);
}

static int measure_all(int count, char **paths)
{
    struct score score = {{0}, {0}, 0};
    struct recogniser recogniser;
    struct tq_error err;
    struct ocr *ocr;

    extract_prepare();
    if (ocr_new(&ocr_limits_default, &ocr, &err) < 0)
        return 1;
    recogniser = ocr_recogniser(ocr);
    for (int i = 0; i < count; i++)
        measure(paths[i], &recogniser, &score);
    (void)printf("%d pages, %.2f s of a processor a page; Latin %u of %u words, Arabic %u of %u\n",
                 count, score.seconds / count, score.found[0], score.words[0], score.found[1],
                 score.words[1]);
    (void)ocr_free(ocr);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "make") == 0)
        return make(argv[2], argv[3], argv[4]) != 0;
    if (argc > 2 && strcmp(argv[1], "measure") == 0)
        return measure_all(argc - 2, argv + 2);
    (void)fprintf(stderr, "usage: scan_pages make KIND DOCUMENT OUT | measure DOCUMENT...\n");
    return 2;
}
