/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What extraction makes of files, to be held against other readers:
 *
 *   extract_text OUTFOLDER FILE...
 *
 * Writes OUTFOLDER/NAME.txt for each: the type, notes and facts as comments, tables as CSV with
 * their header, pages as text. In this process, without a sandbox: for files of one's own.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "extract/extract.h"

static void write_cell(FILE *out, struct slice cell, bool first)
{
    if (!first)
        fputc(',', out);
    fputc('"', out);
    for (size_t i = 0; i < cell.length; i++) {
        if (cell.data[i] == '"')
            fputc('"', out);
        fputc(cell.data[i], out);
    }
    fputc('"', out);
}

static int take_type(void *state, struct slice type, struct tq_error *err)
{
    (void)err;
    fprintf(state, "#type %.*s\n", (int)type.length, type.data);
    return TQ_OK;
}

static int take_table(void *state, struct slice name, uint32_t column_count,
                      const struct slice *headers, struct tq_error *err)
{
    (void)err;
    fprintf(state, "#table %.*s\n", (int)name.length, name.data);
    for (uint32_t i = 0; i < column_count; i++)
        write_cell(state, headers[i], i == 0);
    fputc('\n', state);
    return TQ_OK;
}

static int take_rows(void *state, const struct batch *batch, struct tq_error *err)
{
    (void)err;
    for (uint32_t row = 0; row < batch->row_count; row++) {
        for (uint32_t i = 0; i < batch->column_count; i++)
            write_cell(state, batch_cell(batch, row, i), i == 0);
        fputc('\n', state);
    }
    return TQ_OK;
}

static int take_page(void *state, const struct page *page, struct tq_error *err)
{
    (void)err;
    for (uint32_t i = 0; i < page->word_count; i++) {
        struct slice word = page_word_text(page, &page->words[i]);

        fprintf(state, "%.*s ", (int)word.length, word.data);
    }
    fputc('\n', state);
    return TQ_OK;
}

static int take_member(void *state, struct slice name, struct tq_error *err)
{
    (void)err;
    fprintf(state, "#member %.*s\n", (int)name.length, name.data);
    return TQ_OK;
}

static int take_bytes(void *state, struct slice bytes, struct tq_error *err)
{
    (void)state, (void)bytes, (void)err;
    return TQ_OK;
}

static int take_end(void *state, bool damaged, struct tq_error *err)
{
    (void)state, (void)damaged, (void)err;
    return TQ_OK;
}

static int take_fact(void *state, struct slice name, struct slice value, struct tq_error *err)
{
    (void)err;
    fprintf(state, "#fact %.*s = %.*s\n", (int)name.length, name.data, (int)value.length,
            value.data);
    return TQ_OK;
}

static int take_note(void *state, uint64_t place, struct slice text, struct tq_error *err)
{
    (void)err;
    fprintf(state, "#note @%llu %.*s\n", (unsigned long long)place, (int)text.length, text.data);
    return TQ_OK;
}

static int extract(const char *path, FILE *out)
{
    const struct sink sink = {out,         take_type,  take_table, take_rows, take_page,
                              take_member, take_bytes, take_end,   take_fact, take_note};
    const char *slash = strrchr(path, '/');
    CLEANUP(close_cleanup) int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct extract_input input = {.fd = fd, .name = slice_of(slash ? slash + 1 : path)};
    struct tq_error err = {0};
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0) {
        perror(path);
        return 1;
    }
    input.size_bytes = (uint64_t)status.st_size;
    if (extract_read(&input, &extract_limits_default, &sink, &err) < 0) {
        fprintf(stderr, "%s: %s\n", path, err.message);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int failed = 0;

    extract_prepare();
    for (int i = 2; i < argc; i++) {
        const char *slash = strrchr(argv[i], '/');
        char path[4096];
        FILE *out;

        (void)snprintf(path, sizeof(path), "%s/%s.txt", argv[1], slash ? slash + 1 : argv[i]);
        out = fopen(path, "w");
        if (!out) {
            perror(path);
            return 1;
        }
        failed += extract(argv[i], out);
        if (fclose(out) != 0)
            failed++;
    }
    return failed > 0;
}
