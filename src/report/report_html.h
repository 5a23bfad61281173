/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_REPORT_HTML_H
#define REPORT_REPORT_HTML_H

#include "report/phrase.h"
#include "report/report_data.h"

/* The page and the JSON, whole, into `out`. */
void report_html(const struct report_data *data, enum language language, struct buf *out);
void report_json(const struct report_data *data, enum language language, struct buf *out);

#endif
