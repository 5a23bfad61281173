/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_MAIL_H
#define EXTRACT_MAIL_H

/* Open what GMime opens when first used: once, before the jail. */
void mail_prepare(void);

#endif
