/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Tahqiq's extraction alone: documents through one jailed reader process, as an inquiry reads
 * them, with nothing done with what comes back.
 *
 *   reader_text READER FOLDER [PART OF]
 *
 * Prints documents, bytes of text, documents that failed, and seconds.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/slice.h"
#include "folder.h"
#include "sandbox/reader.h"

struct tally {
    size_t bytes, notes;
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
    (void)state, (void)batch, (void)err;
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

/* False if the document was not read to its end. */
static int read_document(struct reader *reader, const char *path, struct tally *tally)
{
    const struct sink sink = {tally,     take_text, take_table, take_rows, take_page,
                              take_text, take_text, take_end,   take_fact, take_note};
    const char *name = strrchr(path, '/') + 1;
    enum reader_end end = READER_DONE;
    struct tq_error err;
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return 0;
    struct reader_job job = {
        .fd = fd, .members_bytes_max = UINT64_MAX, .name = slice_make(name, strlen(name))};
    int r = fstat(fd, &about) < 0 ? TQ_E_IO : TQ_OK;

    job.size_bytes = (uint64_t)about.st_size;
    if (r == TQ_OK)
        r = reader_read(reader, &job, &sink, &end, NULL, &err);

    close(fd);
    return r == TQ_OK && end == READER_DONE;
}

int main(int argc, char **argv)
{
    struct tally tally = {0};
    struct tq_error err;
    struct reader *reader;
    size_t failed = 0;

    if (argc != 3 && argc != 5) {
        fprintf(stderr, "Usage: reader_text READER FOLDER [PART OF]\n");
        return 2;
    }
    unsigned part = argc == 5 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    unsigned of = argc == 5 ? (unsigned)strtoul(argv[4], NULL, 10) : 1;
    struct folder folder = folder_open(argv[2], part, of ? of : 1);

    if (reader_new(argv[1], &reader_limits_default, &reader, &err) < 0) {
        fprintf(stderr, "reader_text: %s\n", err.message);
        return 1;
    }
    double begin = seconds_now();

    for (size_t i = 0; i < folder.count; i++)
        failed += !read_document(reader, folder.paths[i], &tally);
    printf("%zu %zu %zu %.3f\n", folder.count, tally.bytes, failed, seconds_now() - begin);
    reader_free(reader);
    folder_close(&folder);
    return 0;
}
