/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq export */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/export_file.h"
#include "cli/session.h"
#include "report/export.h"

static const struct option_spec export_options[] = {
    {"format", "csv|jsonl", "CSV with header (the default) or JSON Lines"},
    {"o", "FILE", "where to write it (default: standard output)"},
    {NULL, NULL, NULL},
};

/* Names all that there are. */
static void complain_of_kind(const char *name)
{
    CLEANUP(buf_clear_cleanup) struct buf list = {0};

    for (size_t i = 0; i < export_count(); i++)
        buf_format(&list, "%s%s", i ? ", " : "", export_at(i)->name);
    buf_add_byte(&list, '\0');
    complain("export: there is no export '%s'; there are %s", name, list.failed ? "" : list.data);
}

static int run_export(const struct options *options)
{
    const char *format_name = option_value(&command_export, options, "format");
    const char *path = option_value(&command_export, options, "o");
    const struct export_kind *kind = export_find(options->operands[1]);
    enum row_format format = ROW_CSV;
    struct session session = {0};
    struct tq_error err;
    int r;

    if (!kind) {
        complain_of_kind(options->operands[1]);
        return EXIT_USAGE;
    }
    if (format_name && strcmp(format_name, "jsonl") == 0) {
        format = ROW_JSONL;
    } else if (format_name && strcmp(format_name, "csv") != 0) {
        complain("export: --format takes csv or jsonl, not '%s'", format_name);
        return EXIT_USAGE;
    }
    r = session_open(options->operands[0], false, &session, &err);
    if (r == TQ_OK && path)
        r = export_check_target(options->operands[0], path, &err);
    if (r == TQ_OK && path)
        r = export_to_file(session.store, kind, format, path, &err);
    else if (r == TQ_OK)
        r = kind->write(session.store, stdout, format, &err);
    session_close(&session);
    return r < 0 ? command_failed(&err) : EXIT_DONE;
}

const struct command command_export = {
    .name = "export",
    .operands = "CASE records|subjects|exhibits|readings|snapshots|counts|rules|signs|pdf_signs|"
                "pdf_clusters|mosaic|recapture|breaks",
    .summary = "Write findings as CSV or JSON Lines",
    .help = "Columns and order are a contract: tahqiq-export(1) has them.",
    .operands_min = 2,
    .operands_max = 2,
    .options = export_options,
    .prints = true,
    .run = run_export,
};
