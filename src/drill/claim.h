/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_CLAIM_H
#define DRILL_CLAIM_H

#include "drill/employer.h"
#include "drill/person.h"
#include "model/type.h"
#include "model/verdict.h"

/* What a cell of the leak tells about, and so which field of the register it is compared with. */
enum attribute {
    ATTRIBUTE_ROW,   /* a number of the list itself: no claim */
    ATTRIBUTE_ALIEN, /* something the register does not have */
    ATTRIBUTE_IMMAT,
    ATTRIBUTE_FULL_NAME,
    ATTRIBUTE_CARD,
    ATTRIBUTE_BIRTH,
    ATTRIBUTE_SEX,
    ATTRIBUTE_PHONE,
    ATTRIBUTE_EMAIL,
    ATTRIBUTE_ADDRESS,
    ATTRIBUTE_CITY,
    ATTRIBUTE_ACCOUNT,
    ATTRIBUTE_EMPLOYER,      /* number of the present employer */
    ATTRIBUTE_EMPLOYER_NAME, /* its name */
    ATTRIBUTE_LAST_SALARY,   /* of one month for the whole list */
    ATTRIBUTE_MONTH,         /* names the period of a line: no claim */
    ATTRIBUTE_LINE_EMPLOYER, /* who declared that month */
    ATTRIBUTE_LINE_EMPLOYER_NAME,
    ATTRIBUTE_LINE_EMPLOYER_ADDRESS,
    ATTRIBUTE_LINE_EMPLOYER_CITY,
    ATTRIBUTE_LINE_DAYS,
    ATTRIBUTE_LINE_SALARY,
    ATTRIBUTE_FIRM_NUMBER, /* from here on: of an employer as the subject */
    ATTRIBUTE_FIRM_NAME,
    ATTRIBUTE_FIRM_ICE,
    ATTRIBUTE_FIRM_TRADE_NO,
    ATTRIBUTE_FIRM_ACTIVITY,
    ATTRIBUTE_FIRM_ADDRESS,
    ATTRIBUTE_FIRM_CITY,
    ATTRIBUTE_FIRM_PHONE,
    ATTRIBUTE_FIRM_STATUS,
    ATTRIBUTE_FIRM_DATE,
    ATTRIBUTE_COUNT
};

/* The truth's word for it: a field of the register, perhaps through a reference. */
struct attribute_meaning {
    const char *field; /* NULL: no claim */
    enum category category;
    enum category holder_category; /* through a reference: of the employer's own field */
    bool periodic;
    bool through;
};

extern const struct attribute_meaning attribute_meanings[ATTRIBUTE_COUNT];

/* Whom a record is about: a person or an employer; the other is NULL. */
struct subject {
    const struct person *person;
    const struct employer *employer;
};

#define CLAIM_BYTES_MAX 192u

/* A cell of the leak with the truth about it. */
struct claim {
    enum attribute what;
    uint16_t month; /* of periodic attributes */
    enum cell_verdict verdict;
    uint32_t holder;             /* employer or other subject whose value it shows, or NOBODY */
    const char *rule;            /* that the value was made to break; NULL: none */
    int failed;                  /* TQ_OK, or TQ_E_NOMEM: for the writer to report */
    char value[CLAIM_BYTES_MAX]; /* as the register would write it; "" for none */
    char shown[CLAIM_BYTES_MAX]; /* as the leak shows it */
};

/* How the leak writes values; drawn per table. */
struct style {
    unsigned phone;   /* 0: +999612345678; 1: spaced; 2: 00999... */
    unsigned sex;     /* 0: M/F; 1: 1/2; 2: H/F */
    unsigned amount;  /* 0: 2 698,83; 1: 2698,83; 2: 2698.83 */
    unsigned account; /* 0: plain; 1: in groups */
    unsigned date;    /* 0: 31/12/1980; 1: 19801231 */
    bool upper;       /* names in capitals */
};

struct style style_draw(struct dice *dice);

/*
 * The value that the register held for the subject at a moment, as it writes it; nothing is added
 * when it held none. `month`: of periodic attributes.
 */
void claim_add_held(const struct world *world, struct subject subject, enum attribute what,
                    uint16_t month, int32_t moment, struct buf *out);

/*
 * What DESIGN section 6 says of a value claimed of the subject at the snapshot, by what was
 * generated: agrees, agrees-earlier, agrees-later or contradicts. Other verdicts are known to
 * whoever changed the cell.
 */
enum cell_verdict claim_judge(const struct world *world, struct subject subject,
                              enum attribute what, uint16_t month, const char *value);

/* Fill `claim` with what the register held at `moment`, and its verdict at the snapshot. A value
 * missing then but held at the snapshot gives CELL_MISSING. */
void claim_fill(const struct world *world, struct subject subject, enum attribute what,
                uint16_t month, int32_t moment, struct claim *out);

/* Put another value in. */
void claim_set(struct claim *claim, const struct buf *value);

/* Employer that an employer-related attribute of the person points to at a moment, or NOBODY. */
uint32_t claim_employer_at(const struct person *person, int32_t moment);

/* Write claim->shown from claim->value. */
void claim_show(struct claim *claim, const struct style *style);

/* First that applies, over the verdicts of the cells of a record whose subject is known. */
enum record_verdict claims_judge(const struct claim *claims, size_t count);

#endif
