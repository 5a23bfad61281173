/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ACCESS_H
#define EXTRACT_ACCESS_H

/* Load what reading databases of Access needs: once, before the jail. */
void access_prepare(void);

#endif
