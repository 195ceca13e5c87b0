// SPDX-License-Identifier: BSD-2-Clause
/*
 * XFRM_SECRET: the keys of an IPsec SA as user space gets to see them. No
 * errno tells; the key is there, or zeros are.
 *
 * The SA is 10.9.9.1 -> 10.9.9.2, spi 0x1234, and gone afterwards.
 */
#define _GNU_SOURCE 1
#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/pfkeyv2.h>
#include <linux/xfrm.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "probes.h"

#define SA_SPI		0x1234
#define FOREIGN_SPI	0x1235		/* added by another task, for XFRM-5 */
#define ESP		50
#define PF_KEY_		15

/* Only the first bytes are used where an algorithm wants fewer. */
static const char auth_key[] = "probe-lockdown-authentication-ky";
static const char enc_key[] = "probe-lockdown-encryption-key-20";

/* Tried in turn: which of them a kernel has depends on loaded modules. */
static const struct suite {
	const char	*auth, *enc, *aead;
	unsigned int	auth_len, enc_len;	/* bytes */
} suites[] = {
	{ "hmac(sha256)", "cbc(aes)", NULL, 32, 16 },
	{ "hmac(sha1)", "cbc(aes)", NULL, 20, 16 },
	{ "hmac(sha256)", "ecb(cipher_null)", NULL, 32, 0 },
	{ NULL, NULL, "rfc4106(gcm(aes))", 0, 20 },
};

struct request {
	struct nlmsghdr	nh;
	char		payload[1024];
};

static void *add_attr(struct nlmsghdr *nh, int type, size_t len)
{
	struct nlattr *nla = (void *) ((char *) nh + NLMSG_ALIGN(nh->nlmsg_len));

	nla->nla_type = type;
	nla->nla_len = NLA_HDRLEN + len;
	nh->nlmsg_len = NLMSG_ALIGN(nh->nlmsg_len) + NLA_ALIGN(nla->nla_len);
	return (char *) nla + NLA_HDRLEN;
}

static void add_algo(struct nlmsghdr *nh, int type, const char *name,
		     const char *key, unsigned int len)
{
	struct xfrm_algo *a = add_attr(nh, type, sizeof(*a) + len);

	snprintf(a->alg_name, sizeof(a->alg_name), "%s", name);
	a->alg_key_len = len * 8;
	memcpy((char *) a + sizeof(*a), key, len);
}

static void add_aead(struct nlmsghdr *nh, const char *name, const char *key,
		     unsigned int len)
{
	struct xfrm_algo_aead *a = add_attr(nh, XFRMA_ALG_AEAD, sizeof(*a) + len);

	snprintf(a->alg_name, sizeof(a->alg_name), "%s", name);
	a->alg_key_len = len * 8;
	a->alg_icv_len = 128;
	memcpy((char *) a + sizeof(*a), key, len);
}

static int nl_open(unsigned int groups)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK, .nl_groups = groups };
	struct timeval tv = { .tv_sec = 2 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);
	int saved;

	if (fd < 0)
		return -1;
	if (bind(fd, (void *) &sa, sizeof(sa)) < 0) {
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	(void) setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	return fd;
}

static int nl_send(int fd, struct nlmsghdr *nh)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK };
	ssize_t n = sendto(fd, nh, nh->nlmsg_len, 0, (void *) &sa, sizeof(sa));

	return n < 0 ? -1 : 0;
}

/* Send and wait for the acknowledgement. */
static int nl_do(int fd, struct nlmsghdr *nh)
{
	char buf[4096];
	struct nlmsghdr *r = (void *) buf;
	ssize_t n;

	nh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (nl_send(fd, nh) < 0)
		return -1;
	n = recv(fd, buf, sizeof(buf), 0);
	if (n < 0)
		return -1;
	if (n < (ssize_t) NLMSG_LENGTH(sizeof(struct nlmsgerr)) ||
	    r->nlmsg_type != NLMSG_ERROR) {
		errno = EPROTO;
		return -1;
	}
	errno = -((struct nlmsgerr *) NLMSG_DATA(r))->error;
	return errno ? -1 : 0;
}

static void sa_delete(int fd, uint32_t spi)
{
	struct request req = {
		.nh = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct xfrm_usersa_id)),
			.nlmsg_type = XFRM_MSG_DELSA },
	};
	struct xfrm_usersa_id *id = NLMSG_DATA(&req.nh);

	id->daddr.a4 = inet_addr("10.9.9.2");
	id->spi = htonl(spi);
	id->family = AF_INET;
	id->proto = ESP;
	(void) nl_do(fd, &req.nh);
}

static int sa_add(int fd, uint32_t spi, const struct suite *s)
{
	struct request req = {
		.nh = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct xfrm_usersa_info)),
			.nlmsg_type = XFRM_MSG_NEWSA,
			.nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL },
	};
	struct xfrm_usersa_info *sa = NLMSG_DATA(&req.nh);

	sa->id.daddr.a4 = inet_addr("10.9.9.2");
	sa->id.spi = htonl(spi);
	sa->id.proto = ESP;
	sa->saddr.a4 = inet_addr("10.9.9.1");
	sa->family = AF_INET;
	sa->mode = XFRM_MODE_TUNNEL;
	sa->reqid = 1;
	sa->lft.soft_byte_limit = sa->lft.hard_byte_limit = XFRM_INF;
	sa->lft.soft_packet_limit = sa->lft.hard_packet_limit = XFRM_INF;
	if (s->auth)
		add_algo(&req.nh, XFRMA_ALG_AUTH, s->auth, auth_key, s->auth_len);
	if (s->enc)
		add_algo(&req.nh, XFRMA_ALG_CRYPT, s->enc, enc_key, s->enc_len);
	if (s->aead)
		add_aead(&req.nh, s->aead, enc_key, s->enc_len);
	return nl_do(fd, &req.nh);
}

static int sa_add_any(int fd, uint32_t spi)
{
	int first = 0;

	sa_delete(fd, spi);	/* of a run that was killed */
	for (size_t i = 0; i < N_OF(suites); i++) {
		if (!sa_add(fd, spi, &suites[i]))
			return 0;
		if (!first)
			first = errno;
	}
	errno = first;
	return -1;
}

/* The socket with the SA in place, or -1 and @res says why. */
static int with_sa(struct result *res)
{
	int fd = nl_open(0);

	if (fd < 0) {
		res_step(res, errno, "NETLINK_XFRM socket");
		return -1;
	}
	if (sa_add_any(fd, SA_SPI) < 0) {
		res_step(res, errno, "XFRM_MSG_NEWSA");
		close(fd);
		return -1;
	}
	return fd;
}

enum shown { SHOWN_NOTHING, SHOWN_KEY, SHOWN_ZEROS, SHOWN_OTHER };

static const char *const shown_words[] = {
	[SHOWN_NOTHING] = "no key attribute",
	[SHOWN_KEY] = "KEY",
	[SHOWN_ZEROS] = "zeroed",
	[SHOWN_OTHER] = "other bytes",
};

static enum shown classify(const unsigned char *p, unsigned int len,
			   const char *key)
{
	bool zeros = true;

	for (unsigned int i = 0; i < len; i++)
		zeros &= !p[i];
	if (zeros)
		return SHOWN_ZEROS;
	return memcmp(p, key, len) ? SHOWN_OTHER : SHOWN_KEY;
}

/* What the attributes of one SA message show; the words of all that differ. */
static void sa_shown(const struct nlmsghdr *nh, char *ret, size_t size)
{
	static const struct {
		int		type;
		const char	*word, *key;
		size_t		head;
	} kinds[] = {
		{ XFRMA_ALG_AUTH, "auth", auth_key, sizeof(struct xfrm_algo) },
		{ XFRMA_ALG_AUTH_TRUNC, "auth_trunc", auth_key,
		  sizeof(struct xfrm_algo_auth) },
		{ XFRMA_ALG_CRYPT, "crypt", enc_key, sizeof(struct xfrm_algo) },
		{ XFRMA_ALG_AEAD, "aead", enc_key,
		  sizeof(struct xfrm_algo_aead) },
	};
	const char *p = (const char *) NLMSG_DATA(nh) +
			NLMSG_ALIGN(sizeof(struct xfrm_usersa_info));
	const char *end = (const char *) nh + nh->nlmsg_len;
	enum shown seen[N_OF(kinds)] = { SHOWN_NOTHING }, one = SHOWN_NOTHING;
	bool differ = false;
	size_t len = 0;

	while (end - p >= NLA_HDRLEN) {
		const struct nlattr *nla = (const void *) p;

		if (nla->nla_len < NLA_HDRLEN || nla->nla_len > end - p)
			break;
		for (size_t i = 0; i < N_OF(kinds); i++) {
			const struct xfrm_algo *a = (const void *) (p + NLA_HDRLEN);
			unsigned int bytes;

			if (nla->nla_type != kinds[i].type ||
			    nla->nla_len < NLA_HDRLEN + kinds[i].head)
				continue;
			bytes = a->alg_key_len / 8;
			if (bytes && bytes <= sizeof(auth_key) - 1 &&
			    nla->nla_len >= NLA_HDRLEN + kinds[i].head + bytes)
				seen[i] = classify((const unsigned char *) p +
						   NLA_HDRLEN + kinds[i].head,
						   bytes, kinds[i].key);
		}
		p += NLA_ALIGN(nla->nla_len);
	}
	for (size_t i = 0; i < N_OF(kinds); i++) {
		if (seen[i] == SHOWN_NOTHING)
			continue;
		differ |= one != SHOWN_NOTHING && one != seen[i];
		one = seen[i];
	}
	if (!differ) {
		snprintf(ret, size, "%s", shown_words[one]);
		return;
	}
	for (size_t i = 0; i < N_OF(kinds); i++)
		if (seen[i] != SHOWN_NOTHING)
			len += snprintf(ret + len, size - len, "%s%s=%s",
					len ? " " : "", kinds[i].word,
					shown_words[seen[i]]);
}

/*
 * Read messages until one is about our SA. XFRM_MSG_NEWSA is the type of the
 * answer, of dump parts and of the notification alike.
 */
static void sa_receive(struct result *res, int fd, uint32_t spi,
		       const char *step, time_t patience)
{
	static char buf[1 << 16];
	time_t until = time(NULL) + patience;

	while (time(NULL) <= until) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);
		struct nlmsghdr *nh = (void *) buf;

		if (n < 0 && errno == EAGAIN && patience)
			continue;
		if (n < 0)
			return res_step(res, errno, "%s", step);
		for (; NLMSG_OK(nh, n); nh = NLMSG_NEXT(nh, n)) {
			const struct xfrm_usersa_info *sa = NLMSG_DATA(nh);
			char shown[200];

			if (nh->nlmsg_type == NLMSG_ERROR) {
				const struct nlmsgerr *e = NLMSG_DATA(nh);

				return res_err(res, -e->error, "%s", step);
			}
			if (nh->nlmsg_type == NLMSG_DONE)
				return res_skip(res, "%s: no such SA", step);
			if (nh->nlmsg_type != XFRM_MSG_NEWSA ||
			    nh->nlmsg_len < NLMSG_LENGTH(sizeof(*sa)) ||
			    sa->id.spi != htonl(spi))
				continue;
			sa_shown(nh, shown, sizeof(shown));
			return res_ok(res, "%s", shown);
		}
	}
	res_skip(res, "%s: nothing came", step);
}

void probe_xfrm_get(struct result *res, const char *arg)
{
	struct request req = {
		.nh = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct xfrm_usersa_id)),
			.nlmsg_type = XFRM_MSG_GETSA,
			.nlmsg_flags = NLM_F_REQUEST },
	};
	struct xfrm_usersa_id *id = NLMSG_DATA(&req.nh);
	int fd = with_sa(res);

	(void) arg;
	if (fd < 0)
		return;
	id->daddr.a4 = inet_addr("10.9.9.2");
	id->spi = htonl(SA_SPI);
	id->family = AF_INET;
	id->proto = ESP;
	if (nl_send(fd, &req.nh) < 0)
		res_step(res, errno, "send XFRM_MSG_GETSA");
	else
		sa_receive(res, fd, SA_SPI, "XFRM_MSG_GETSA", 0);
	sa_delete(fd, SA_SPI);
	close(fd);
}

void probe_xfrm_dump(struct result *res, const char *arg)
{
	struct request req = {
		.nh = { .nlmsg_len = NLMSG_LENGTH(0),
			.nlmsg_type = XFRM_MSG_GETSA,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
	};
	int fd = with_sa(res);
	int dump;

	(void) arg;
	if (fd < 0)
		return;
	/* A socket of its own: the rest of a dump must not meet the cleanup. */
	dump = nl_open(0);
	if (dump < 0 || nl_send(dump, &req.nh) < 0)
		res_step(res, errno, "send XFRM_MSG_GETSA dump");
	else
		sa_receive(res, dump, SA_SPI, "XFRM_MSG_GETSA dump", 0);
	if (dump >= 0)
		close(dump);
	sa_delete(fd, SA_SPI);
	close(fd);
}

void probe_xfrm_notify(struct result *res, const char *arg)
{
	int listener = nl_open(1 << (XFRMNLGRP_SA - 1));
	int fd;

	(void) arg;
	if (listener < 0)
		return res_step(res, errno, "NETLINK_XFRM listener");
	fd = with_sa(res);
	if (fd >= 0) {
		sa_receive(res, listener, SA_SPI, "XFRMNLGRP_SA", 0);
		sa_delete(fd, SA_SPI);
		close(fd);
	}
	close(listener);
}

/* The other half is "--add-sa" in a task outside, same network namespace. */
void probe_xfrm_foreign(struct result *res, const char *arg)
{
	int listener;

	(void) arg;
	if (!opt.wait_sa)
		return res_skip(res, "needs --wait-sa, and --add-sa by a task outside");
	listener = nl_open(1 << (XFRMNLGRP_SA - 1));
	if (listener < 0)
		return res_step(res, errno, "NETLINK_XFRM listener");
	sa_receive(res, listener, FOREIGN_SPI, "XFRMNLGRP_SA", 7);
	close(listener);
}

/* Adds and removes the SA a few times, so that no order has to be kept. */
int xfrm_add_for_others(void)
{
	int fd = nl_open(0);

	if (fd < 0) {
		perror("lockdown-probe: NETLINK_XFRM");
		return 1;
	}
	for (int i = 0; i < 12; i++) {
		if (sa_add_any(fd, FOREIGN_SPI) < 0) {
			perror("lockdown-probe: XFRM_MSG_NEWSA");
			return 1;
		}
		usleep(500000);
		sa_delete(fd, FOREIGN_SPI);
	}
	close(fd);
	return 0;
}

/* SADB_DUMP prints the keys and nobody asks about it: a gap that stays open. */
void probe_xfrm_pfkey(struct result *res, const char *arg)
{
	struct sadb_msg msg = {
		.sadb_msg_version = PF_KEY_V2,
		.sadb_msg_type = SADB_DUMP,
		.sadb_msg_len = sizeof(msg) / 8,
		.sadb_msg_seq = 1,
		.sadb_msg_pid = getpid(),
	};
	struct timeval tv = { .tv_sec = 2 };
	static char buf[1 << 16];
	int pf = socket(PF_KEY_, SOCK_RAW | SOCK_CLOEXEC, PF_KEY_V2);
	int fd;

	(void) arg;
	if (pf < 0)
		return res_step(res, errno, "AF_KEY socket");
	fd = with_sa(res);
	if (fd < 0) {
		close(pf);
		return;
	}
	(void) setsockopt(pf, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	if (write(pf, &msg, sizeof(msg)) < 0) {
		res_rc(res, -1);
		goto out;
	}
	for (;;) {
		const struct sadb_msg *m = (void *) buf;
		ssize_t n = read(pf, buf, sizeof(buf));

		if (n < (ssize_t) sizeof(*m)) {
			res_step(res, n < 0 ? errno : EPROTO, "SADB_DUMP");
			break;
		}
		/* The first 16 bytes are in every suite with authentication. */
		if (memmem(buf, n, auth_key, 16) || memmem(buf, n, enc_key, 16)) {
			res_ok(res, "KEY");
			break;
		}
		if (m->sadb_msg_errno) {
			res_err(res, m->sadb_msg_errno, "SADB_DUMP");
			break;
		}
		/* Counts down to the last one. */
		if (!m->sadb_msg_seq) {
			res_ok(res, "no KEY");
			break;
		}
	}
out:
	sa_delete(fd, SA_SPI);
	close(fd);
	close(pf);
}
