/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "report/phrase.h"
#include "report/report_data.h"

/* Charts as inline SVG, sized to the page, readable without colour by their numbers. Each adds
 * nothing if there is nothing to draw. */
void chart_verdicts(const struct report_data *data, enum language language, struct buf *out);
void chart_categories(const struct report_data *data, enum language language, struct buf *out);
void chart_dating(const struct report_data *data, enum language language, struct buf *out);
void chart_exhibits(const struct report_data *data, enum language language, struct buf *out);

/* The colour of a verdict, "#rrggbb". */
const char *chart_colour(enum record_verdict verdict);

/* A whole number with the language's group marks. */
void number_format(enum language language, uint64_t number, struct buf *out);

#endif
