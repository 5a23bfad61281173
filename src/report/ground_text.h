/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_GROUND_TEXT_H
#define REPORT_GROUND_TEXT_H

#include "model/verdict.h"

/* A ground in words (English), for `show` and the report; "" for none. */
const char *ground_text(enum ground ground);

#endif
