/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_PHRASE_H
#define REPORT_PHRASE_H

#include "base/slice.h"
#include "model/assessment.h"
#include "model/language.h"
#include "model/type.h"
#include "model/verdict.h"

/* Everything a report says that is not data. */
enum phrase {
    PHRASE_REPORT,
    PHRASE_CASE,
    PHRASE_REGISTER,
    PHRASE_SEAL,
    PHRASE_MASKED,
    PHRASE_IN_SHORT,
    PHRASE_REAL,
    PHRASE_REAL_LEAD,
    PHRASE_WHOSE,
    PHRASE_WHOSE_LEAD,
    PHRASE_WHEN,
    PHRASE_WHEN_LEAD,
    PHRASE_HOW_BAD,
    PHRASE_HOW_BAD_LEAD,
    PHRASE_SAY,
    PHRASE_SAY_LEAD,
    PHRASE_CHECK,
    PHRASE_CHECK_LEAD,
    PHRASE_READINGS,
    PHRASE_READINGS_LEAD,
    PHRASE_UNREAD,
    PHRASE_UNREAD_LEAD,
    PHRASE_UNREAD_NONE,
    PHRASE_METHOD,
    PHRASE_METHOD_TEXT,
    PHRASE_TABLE,
    PHRASE_KIND,
    PHRASE_RECORDS,
    PHRASE_VERDICT,
    PHRASE_COUNT,
    PHRASE_SHARE,
    PHRASE_AFFECTED,
    PHRASE_NAMED_FALSELY,
    PHRASE_EXPOSED,
    PHRASE_CATEGORY,
    PHRASE_FROM,
    PHRASE_TO,
    PHRASE_BEST,
    PHRASE_RESOLUTION,
    PHRASE_DAYS,
    PHRASE_NO_BOUND,
    PHRASE_NOT_DATED,
    PHRASE_SEVERITY,
    PHRASE_SEVERITY_LOW,
    PHRASE_SEVERITY_MEDIUM,
    PHRASE_SEVERITY_HIGH,
    PHRASE_SEVERITY_VERY_HIGH,
    PHRASE_SUBJECTS,
    PHRASE_EXHIBIT,
    PHRASE_EXHIBITS,
    PHRASE_BYTES,
    PHRASE_TYPE,
    PHRASE_NOTE,
    PHRASE_COLUMN,
    PHRASE_HEADER,
    PHRASE_FIELD,
    PHRASE_READ_AS,
    PHRASE_AGREEMENT,
    PHRASE_CHANCE,
    PHRASE_FILLED,
    PHRASE_STATUS,
    PHRASE_CHART_VERDICTS,
    PHRASE_CHART_CATEGORIES,
    PHRASE_CHART_DATING,
    PHRASE_CHART_EXHIBITS,
    PHRASE_FURTHER,
    PHRASE_RULES,
    PHRASE_RULES_LEAD,
    PHRASE_RULE,
    PHRASE_TESTED,
    PHRASE_BROKEN,
    PHRASE_SHARE_SHOWN,
    PHRASE_SHARE_HELD,
    PHRASE_EFFECT,
    PHRASE_SIGN,
    PHRASE_SIGN_MORE,
    PHRASE_SIGN_LESS,
    PHRASE_SIGNS,
    PHRASE_SIGNS_LEAD,
    PHRASE_SIGNS_NONE,
    PHRASE_BORNE_OUT,
    PHRASE_EFFECT_OF,
    PHRASE_CHANCE_OF,
    PHRASE_SAY_TRUE,
    PHRASE_SAY_PARTLY,
    PHRASE_SAY_FALSE,
    PHRASE_SAY_UNKNOWN,
    PHRASE_SAY_NEVER,
    PHRASE_COUNT_
};

const char *phrase(enum language language, enum phrase which);
const char *phrase_verdict(enum language language, enum record_verdict verdict);
const char *phrase_verdict_meaning(enum language language, enum record_verdict verdict);
const char *phrase_sign_test(enum language language, enum sign_test test);
const char *phrase_category(enum language language, enum category category);

#endif
