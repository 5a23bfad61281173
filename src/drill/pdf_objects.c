/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "drill/pdf_objects.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define REFERENCE_BYTES 20u /* of a line of the table */

/* A document taken apart. */
struct objects {
    struct slice bytes;
    uint64_t *offsets; /* by number, `count` of them and that of the table; owned */
    uint64_t count;    /* with object 0, which does not exist */
    uint64_t root, info;
};

static int fail_form(struct tq_error *err)
{
    return tq_fail(err, TQ_E_SYNTAX, "a document is not of the form that cairo writes");
}

static void objects_clear(struct objects *objects)
{
    free(objects->offsets);
}

/* ---- reading ---- */

/* The number behind the last `word` in `text`. */
static bool find_number(struct slice text, const char *word, uint64_t *out)
{
    size_t length = strlen(word);

    for (size_t i = text.length < length ? 0 : text.length - length + 1; i-- > 0;) {
        if (memcmp(text.data + i, word, length) != 0)
            continue;
        *out = strtoull(text.data + i + length, NULL, 10); /* a buf ends with NUL */
        return true;
    }
    return false;
}

static int read_table(struct objects *objects, uint64_t table, struct tq_error *err)
{
    struct slice text = slice_skip(objects->bytes, (size_t)table);
    const char *lines;

    if (!slice_starts(text, SLICE_LITERAL("xref\n0 ")))
        return fail_form(err);
    objects->count = strtoull(text.data + 7, NULL, 10);
    lines = memchr(text.data + 7, '\n', text.length - 7);
    if (!lines || objects->count > text.length / REFERENCE_BYTES)
        return fail_form(err);
    objects->offsets = alloc_zeroed((size_t)objects->count + 1, sizeof(*objects->offsets));
    if (!objects->offsets)
        return tq_no_memory(err);
    for (uint64_t i = 0; i < objects->count; i++)
        objects->offsets[i] = strtoull(lines + 1 + i * REFERENCE_BYTES, NULL, 10);
    objects->offsets[objects->count] = table;
    return TQ_OK;
}

static int objects_read(struct slice bytes, struct objects *objects, struct tq_error *err)
{
    uint64_t table;

    *objects = (struct objects){.bytes = bytes};
    if (!find_number(bytes, "startxref\n", &table) || table >= bytes.length
        || !find_number(bytes, "/Root ", &objects->root)
        || !find_number(bytes, "/Info ", &objects->info))
        return fail_form(err);
    return read_table(objects, table, err);
}

/* From its number to the beginning of what comes next in the file. */
static struct slice object_at(const struct objects *objects, uint64_t number)
{
    uint64_t from = objects->offsets[number], to = objects->offsets[objects->count];

    for (uint64_t i = 1; i < objects->count; i++) {
        if (objects->offsets[i] > from && objects->offsets[i] < to)
            to = objects->offsets[i];
    }
    return slice_make(objects->bytes.data + from, (size_t)(to - from));
}

/* ---- writing ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "12 0 R" and "12 0 obj" get other numbers; all else stays. */
static void add_renumbered(struct buf *out, struct slice text, uint64_t added)
{
    while (text.length > 0) {
        size_t digits = 0;

        while (digits < text.length && is_digit(text.data[digits]))
            digits++;
        if (digits > 0
            && (slice_starts(slice_skip(text, digits), SLICE_LITERAL(" 0 R"))
                || slice_starts(slice_skip(text, digits), SLICE_LITERAL(" 0 obj"))))
            buf_format(out, "%llu", strtoull(text.data, NULL, 10) + added);
        else
            buf_add(out, text.data, digits ? digits : 1);
        text = slice_skip(text, digits ? digits : 1);
    }
}

/* Streams stay as they are. */
static void add_object(struct buf *out, struct slice object, uint64_t added)
{
    static const char mark[] = "\nstream\n";
    const char *stream = memmem(object.data, object.length, mark, sizeof(mark) - 1);
    size_t head = stream ? (size_t)(stream - object.data) : object.length;

    add_renumbered(out, slice_make(object.data, head), added);
    buf_add_slice(out, slice_skip(object, head));
}

/* All objects under new numbers, and the lines of their table; one of them may be left out. */
static void add_objects(struct buf *out, struct buf *lines, const struct objects *objects,
                        uint64_t added, uint64_t left_out)
{
    for (uint64_t i = 1; i < objects->count; i++) {
        if (i == left_out) {
            buf_add_text(lines, "0000000000 65535 f \n");
            continue;
        }
        buf_format(lines, "%010zu 00000 n \n", out->length);
        add_object(out, object_at(objects, i), added);
    }
}

static int append(const struct objects *before, const struct objects *after, const char *second_id,
                  struct buf *out, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf lines = {0};
    uint64_t added = before->count - 1;
    size_t table;

    buf_add_slice(out, before->bytes);
    add_objects(out, &lines, after, added, 0);
    table = out->length;
    buf_format(out, "xref\n0 1\n0000000000 65535 f \n%" PRIu64 " %" PRIu64 "\n", before->count,
               after->count - 1);
    buf_add_slice(out, buf_slice(&lines));
    buf_format(out,
               "trailer\n<< /Size %" PRIu64 " /Root %" PRIu64 " 0 R /Info %" PRIu64
               " 0 R /Prev %" PRIu64 " /ID [<%032d> <%s>] >>\nstartxref\n%zu\n%%%%EOF\n",
               before->count + after->count - 1, after->root + added, after->info + added,
               before->offsets[before->count], 0, second_id, table);
    return buf_check(&lines, err) < 0 ? TQ_E_NOMEM : buf_check(out, err);
}

int pdf_append(struct slice before, struct slice after, const char *second_id, struct buf *out,
               struct tq_error *err)
{
    CLEANUP(objects_clear) struct objects first = {.count = 0};
    CLEANUP(objects_clear) struct objects second = {.count = 0};
    int r = objects_read(before, &first, err);

    if (r == TQ_OK)
        r = objects_read(after, &second, err);
    return r < 0 ? r : append(&first, &second, second_id, out, err);
}

/* A stream of XMP, and a catalogue that knows of it: the pages of the old one. */
static void add_metadata(struct buf *out, struct buf *lines, const struct objects *objects,
                         const char *xmp)
{
    uint64_t pages = 0;

    (void)find_number(object_at(objects, objects->root), "/Pages ", &pages);
    buf_format(lines, "%010zu 00000 n \n", out->length);
    buf_format(out,
               "%" PRIu64 " 0 obj\n<< /Type /Metadata /Subtype /XML /Length %zu >>\nstream\n%s\n"
               "endstream\nendobj\n",
               objects->count + 1, strlen(xmp), xmp);
    buf_format(lines, "%010zu 00000 n \n", out->length);
    buf_format(out,
               "%" PRIu64 " 0 obj\n<< /Type /Catalog /Pages %" PRIu64 " 0 R /Metadata %" PRIu64
               " 0 R >>\nendobj\n",
               objects->count + 2, pages, objects->count + 1);
}

int pdf_save_anew(struct slice document, const struct pdf_words *words, struct buf *out,
                  struct tq_error *err)
{
    CLEANUP(objects_clear) struct objects objects = {.count = 0};
    CLEANUP(buf_clear_cleanup) struct buf lines = {0};
    int r = objects_read(document, &objects, err);
    uint64_t count;
    size_t table;

    if (r < 0)
        return r;
    buf_add_text(out, "%PDF-1.6\n%\xe2\xe3\xcf\xd3\n");
    add_objects(out, &lines, &objects, 0, objects.info);
    buf_format(&lines, "%010zu 00000 n \n", out->length);
    buf_format(out,
               "%" PRIu64 " 0 obj\n<< /Producer (%s) /CreationDate (%s) /ModDate (%s) >>\nendobj\n",
               objects.count, words->producer, words->created, words->modified);
    if (words->xmp)
        add_metadata(out, &lines, &objects, words->xmp);
    table = out->length;
    count = objects.count + (words->xmp ? 3 : 1);
    buf_format(out, "xref\n0 %" PRIu64 "\n0000000000 65535 f \n", count);
    buf_add_slice(out, buf_slice(&lines));
    buf_format(out,
               "trailer\n<< /Size %" PRIu64 " /Root %" PRIu64 " 0 R /Info %" PRIu64
               " 0 R /ID [<%s> <%s>] >>\nstartxref\n%zu\n%%%%EOF\n",
               count, words->xmp ? objects.count + 2 : objects.root, objects.count, words->first_id,
               words->second_id, table);
    return buf_check(&lines, err) < 0 ? TQ_E_NOMEM : buf_check(out, err);
}
