/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/report.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "report/report_html.h"

static int save(const char *folder, const char *name, const struct buf *content,
                struct tq_error *err)
{
    CLEANUP(free_cleanup) char *path = file_join(folder, name);
    int r = buf_check(content, err);

    if (r < 0)
        return r;
    if (!path)
        return tq_no_memory(err);
    return file_save(path, buf_slice(content), 0644, err);
}

static int parse_language(const char *name, enum language *out_language, struct tq_error *err)
{
    if (language_parse(name, out_language))
        return TQ_OK;
    return tq_fail(err, TQ_E_USAGE, "reports are written in fr, ar or en, not '%s'", name);
}

int report_check_language(const char *language, struct tq_error *err)
{
    enum language parsed;

    return parse_language(language, &parsed, err);
}

int report_write(struct case_store *store, const char *folder, const char *language_name,
                 struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf html = {0};
    CLEANUP(buf_clear_cleanup) struct buf json = {0};
    struct report_data data;
    enum language language;
    int r = parse_language(language_name, &language, err);

    if (r < 0)
        return r;
    r = report_data_open(store, &data, err);
    if (r < 0)
        return r;
    report_html(&data, language, &html);
    report_json(&data, language, &json);
    report_data_close(&data);
    r = save(folder, "report.html", &html, err);
    if (r < 0)
        return r;
    return save(folder, "report.json", &json, err);
}
