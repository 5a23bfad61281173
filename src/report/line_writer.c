/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/line_writer.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"

#define FLUSH_BYTES ((size_t)256 << 10)

void line_writer_start(struct line_writer *writer, FILE *file, enum row_format format,
                       const char *const *columns)
{
    *writer = (struct line_writer){.file = file, .format = format, .columns = columns};
    if (format != ROW_CSV)
        return;
    for (unsigned i = 0; columns[i]; i++) {
        if (i > 0)
            buf_add_byte(&writer->line, ',');
        buf_add_text(&writer->line, columns[i]);
    }
    buf_add_text(&writer->line, "\r\n");
}

/* What stands before the next value. */
static void begin_value(struct line_writer *writer)
{
    assert(writer->columns[writer->column]);
    if (writer->format == ROW_CSV) {
        if (writer->column > 0)
            buf_add_byte(&writer->line, ',');
    } else {
        buf_add_byte(&writer->line, writer->column > 0 ? ',' : '{');
        escape_json(&writer->line, slice_of(writer->columns[writer->column]));
        buf_add_byte(&writer->line, ':');
    }
    writer->column++;
}

void row_text(struct line_writer *writer, struct slice text)
{
    begin_value(writer);
    if (writer->format == ROW_CSV)
        escape_csv(&writer->line, text);
    else
        escape_json(&writer->line, text);
}

void row_number(struct line_writer *writer, uint64_t number)
{
    begin_value(writer);
    buf_format(&writer->line, "%" PRIu64, number);
}

void row_decimal(struct line_writer *writer, double number)
{
    begin_value(writer);
    buf_format(&writer->line, "%.6f", number);
}

void row_json(struct line_writer *writer, struct slice json)
{
    begin_value(writer);
    if (writer->format == ROW_CSV)
        escape_csv(&writer->line, json);
    else
        buf_add_slice(&writer->line, json);
}

static void flush(struct line_writer *writer)
{
    if (writer->line.length > 0)
        (void)fwrite(writer->line.data, 1, writer->line.length, writer->file);
    if (!writer->line.failed)
        buf_empty(&writer->line);
}

void row_end(struct line_writer *writer)
{
    assert(!writer->columns[writer->column]);
    buf_add_text(&writer->line, writer->format == ROW_CSV ? "\r\n" : "}\n");
    writer->column = 0;
    if (writer->line.length >= FLUSH_BYTES)
        flush(writer);
}

int line_writer_finish(struct line_writer *writer, struct tq_error *err)
{
    int r = buf_check(&writer->line, err);

    flush(writer);
    buf_clear(&writer->line);
    if (r < 0)
        return r;
    if (fflush(writer->file) != 0 || ferror(writer->file))
        return tq_fail(err, TQ_E_IO, "could not write the export: %s", strerror(errno));
    return TQ_OK;
}
