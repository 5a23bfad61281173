/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Tahqiq's extraction alone: documents through one jailed reader process, as an inquiry reads
 * them, with nothing done with what comes back.
 *
 *   reader_text READER FOLDER [PART OF]
 *
 * READER is a reader's program; '-' reads in this process instead, without a jail, and '-ocr' does
 * so with OCR: what the jail costs is the difference. Prints documents, bytes of text, documents
 * that failed, seconds, records, and bytes of members.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/slice.h"
#include "extract/extract.h"
#include "extract/recogniser.h"
#include "folder.h"
#include "ocr/ocr.h"
#include "sandbox/reader.h"

#define PICTURES_MAX 1000 /* pages of one document that may be read by OCR */

struct tally {
    size_t bytes, notes, records, member_bytes;
};

/* What reads: a reader's process, or this one. */
struct worker {
    struct reader *reader; /* NULL: this process */
    struct ocr *ocr;       /* of this process, NULL without */
    struct recogniser recogniser;
};

static int take_text(void *state, struct slice text, struct tq_error *err)
{
    (void)state, (void)text, (void)err;
    return TQ_OK;
}

static int take_table(void *state, struct slice name, uint32_t column_count,
                      const struct slice *headers, struct tq_error *err)
{
    (void)state, (void)name, (void)column_count, (void)headers, (void)err;
    return TQ_OK;
}

static int take_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    struct tally *tally = state;

    (void)err;
    tally->records += batch->row_count;
    return TQ_OK;
}

static int take_bytes(void *state, struct slice bytes, struct tq_error *err)
{
    struct tally *tally = state;

    (void)err;
    tally->member_bytes += bytes.length;
    return TQ_OK;
}

static int take_page(void *state, const struct page *page, struct tq_error *err)
{
    struct tally *tally = state;

    (void)err;
    tally->bytes += page->text_length;
    return TQ_OK;
}

static int take_end(void *state, bool damaged, struct tq_error *err)
{
    (void)state, (void)damaged, (void)err;
    return TQ_OK;
}

static int take_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    (void)state, (void)name, (void)value, (void)err;
    return TQ_OK;
}

static int take_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    struct tally *tally = state;

    (void)place, (void)text, (void)err;
    tally->notes++;
    return TQ_OK;
}

static int read_jailed(struct reader *reader, int fd, uint64_t size, struct slice name,
                       const struct sink *sink, struct tq_error *err)
{
    const struct reader_job job = {.fd = fd,
                                   .size_bytes = size,
                                   .members_bytes_max = UINT64_MAX,
                                   .pictures_max = PICTURES_MAX,
                                   .name = name};
    enum reader_end end = READER_DONE;
    int r = reader_read(reader, &job, sink, &end, NULL, err);

    return r == TQ_OK && end != READER_DONE ? TQ_E_IO : r;
}

static int read_here(const struct worker *worker, int fd, uint64_t size, struct slice name,
                     const struct sink *sink, struct tq_error *err)
{
    const struct extract_input input = {.fd = fd,
                                        .size_bytes = size,
                                        .name = name,
                                        .recogniser = worker->ocr ? &worker->recogniser : NULL,
                                        .pictures_max = PICTURES_MAX};

    return extract_read(&input, &extract_limits_default, sink, err);
}

/* False if the document was not read to its end. */
static bool read_document(const struct worker *worker, const char *path, struct tally *tally)
{
    const struct sink sink = {tally,     take_text,  take_table, take_rows, take_page,
                              take_text, take_bytes, take_end,   take_fact, take_note};
    struct slice name = slice_of(strrchr(path, '/') + 1);
    CLEANUP(close_cleanup) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct tq_error err;
    struct stat about;

    if (fd < 0 || fstat(fd, &about) < 0)
        return false;
    uint64_t size = (uint64_t)about.st_size;

    if (worker->reader)
        return read_jailed(worker->reader, fd, size, name, &sink, &err) == TQ_OK;
    return read_here(worker, fd, size, name, &sink, &err) == TQ_OK;
}

/* A reader's process starts with its first job: let that be one that is not measured; here too. */
static int start(const struct worker *worker, struct tq_error *err)
{
    struct tally tally = {0};
    const struct sink sink = {&tally,    take_text,  take_table, take_rows, take_page,
                              take_text, take_bytes, take_end,   take_fact, take_note};
    CLEANUP(close_cleanup) int fd = memfd_create("first", MFD_CLOEXEC);

    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not make a file in memory");
    if (worker->reader)
        return read_jailed(worker->reader, fd, 0, SLICE_LITERAL("first"), &sink, err);
    return read_here(worker, fd, 0, SLICE_LITERAL("first"), &sink, err);
}

static int worker_open(struct worker *worker, const char *program, struct tq_error *err)
{
    int r = TQ_OK;

    *worker = (struct worker){0};
    if (program[0] != '-')
        r = reader_new(program, &reader_limits_default, &worker->reader, err);
    else
        extract_prepare();
    if (strcmp(program, "-ocr") == 0) {
        r = ocr_new(&ocr_limits_default, &worker->ocr, err);
        if (r == TQ_OK)
            worker->recogniser = ocr_recogniser(worker->ocr);
    }
    return r < 0 ? r : start(worker, err);
}

static void worker_close(struct worker *worker)
{
    if (worker->reader)
        worker->reader = reader_free(worker->reader);
    if (worker->ocr)
        (void)ocr_free(worker->ocr);
}

static size_t read_folder(const struct worker *worker, const struct folder *folder,
                          struct tally *tally)
{
    size_t failed = 0;

    for (size_t i = 0; i < folder->count; i++)
        failed += !read_document(worker, folder->paths[i], tally);
    return failed;
}

int main(int argc, char **argv)
{
    struct tally tally = {0};
    struct worker worker;
    struct tq_error err;

    if (argc != 3 && argc != 5) {
        fprintf(stderr, "Usage: reader_text READER|-|-ocr FOLDER [PART OF]\n");
        return 2;
    }
    unsigned part = argc == 5 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    unsigned of = argc == 5 ? (unsigned)strtoul(argv[4], NULL, 10) : 1;

    if (worker_open(&worker, argv[1], &err) < 0) {
        fprintf(stderr, "reader_text: %s\n", err.message);
        return 1;
    }
    struct folder folder = folder_open(argv[2], part, of ? of : 1);
    double begin = seconds_now();
    size_t failed = read_folder(&worker, &folder, &tally);

    printf("%zu %zu %zu %.3f %zu %zu\n", folder.count, tally.bytes, failed, seconds_now() - begin,
           tally.records, tally.member_bytes);
    worker_close(&worker);
    folder_close(&folder);
    return 0;
}
