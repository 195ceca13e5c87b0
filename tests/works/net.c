// SPDX-License-Identifier: BSD-2-Clause
/* Sockets and netlink: what network plugins, firewalls and tunnels do. */
#define _GNU_SOURCE 1
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_alg.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "works.h"

/* arg: DOMAIN TYPE PROTOCOL [MODULES] */
void work_socket(struct result *res, const char *arg)
{
	int domain, type, protocol;
	char modules[64] = "";

	if (sscanf(arg, "%d %d %d %63[^\n]", &domain, &type, &protocol, modules) < 3)
		return res_skip(res, "bad table row");
	if (*modules && !work_needs(res, modules))
		return;
	TRY(res, socket(domain, type | SOCK_CLOEXEC, protocol));
	DONE(res);
}

/* arg: DOMAIN TYPE LEVEL OPTION VALUE */
void work_sockopt(struct result *res, const char *arg)
{
	int domain, type, level, option, value, fd;

	if (sscanf(arg, "%d %d %d %d %d", &domain, &type, &level, &option, &value) != 5)
		return res_skip(res, "bad table row");
	TRY(res, fd = socket(domain, type | SOCK_CLOEXEC, 0));
	TRY(res, setsockopt(fd, level, option, &value, sizeof(value)));
	DONE(res);
}

void work_sockopt_text(struct result *res, const char *arg)
{
	int level, option, fd;
	char text[32];

	if (sscanf(arg, "%d %d %31s", &level, &option, text) != 3)
		return res_skip(res, "bad table row");
	TRY(res, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	TRY(res, setsockopt(fd, level, option, text, strlen(text)));
	DONE(res);
}

/* arg: PORT */
void work_tcp(struct result *res, const char *arg)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(atoi(arg)),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int a, b;

	TRY(res, a = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	TRY(res, b = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	TRY(res, setsockopt(a, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)));
	TRY(res, bind(a, (void *)&sin, sizeof(sin)));
	TRY(res, listen(a, 1));
	TRY(res, connect(b, (void *)&sin, sizeof(sin)));
	TRY(res, accept(a, NULL, NULL));
	DONE(res);
}

void work_packet_ring(struct result *res, const char *arg)
{
	struct tpacket_req req = { .tp_block_size = 4096, .tp_block_nr = 4, .tp_frame_size = 2048, .tp_frame_nr = 8 };
	int fd;

	(void)arg;
	TRY(res, fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(3)));
	TRY(res, setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)));
	DONE(res);
}

/* arg: TYPE NAME, hash or cipher of the kernel's own */
void work_alg(struct result *res, const char *arg)
{
	struct sockaddr_alg sa = { .salg_family = AF_ALG };
	int fd;

	if (!work_needs(res, "algif_hash algif_skcipher"))
		return;
	if (sscanf(arg, "%13s %63s", (char *)sa.salg_type, (char *)sa.salg_name) != 2)
		return res_skip(res, "bad table row");
	TRY(res, fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
	TRY(res, bind(fd, (void *)&sa, sizeof(sa)));
	if (*arg == 's')
		TRY(res, setsockopt(fd, 279 /* SOL_ALG */, ALG_SET_KEY, "0123456789abcdef", 16));
	TRY(res, accept(fd, NULL, NULL));
	DONE(res);
}

/* ---- netlink ---- */

struct message {
	struct nlmsghdr h;
	char room[1024];
};

static void *put(struct message *m, const void *data, size_t len)
{
	void *at = (char *)m + NLMSG_ALIGN(m->h.nlmsg_len);

	memcpy(at, data, len);
	m->h.nlmsg_len = NLMSG_ALIGN(m->h.nlmsg_len) + len;
	return at;
}

static struct nlattr *attr(struct message *m, int type, const void *data, size_t len)
{
	struct nlattr a = { .nla_type = type, .nla_len = NLA_HDRLEN + len }, *at = put(m, &a, NLA_HDRLEN);

	if (len)
		put(m, data, len);
	return at;
}

static struct message begin(int type, int flags)
{
	return (struct message){ .h = { .nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = type,
					.nlmsg_flags = NLM_F_REQUEST | flags } };
}

/* Sends @len bytes and waits for an answer: 0, or -1 with errno. */
static int talk(int protocol, const void *data, size_t len, char *answer, size_t size)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	struct timeval patience = { .tv_sec = 5 };
	const struct nlmsghdr *h = (const void *)answer;
	const struct nlmsgerr *e;
	ssize_t n;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    sendto(fd, data, len, 0, (void *)&to, sizeof(to)) < 0)
		return -1;
	n = recv(fd, answer, size, 0);
	close(fd);
	if (n < 0)
		return -1;
	if ((size_t)n < sizeof(*h) || h->nlmsg_type != NLMSG_ERROR)
		return 0;
	e = NLMSG_DATA(h);
	errno = -e->error;
	return e->error ? -1 : 0;
}

static int ask(int protocol, const struct message *m)
{
	char answer[16384];

	return talk(protocol, m, m->h.nlmsg_len, answer, sizeof(answer));
}

int link_add(const char *kind, const char *name)
{
	struct message m = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
	struct ifinfomsg ifi = { 0 };
	struct nlattr *info;

	put(&m, &ifi, sizeof(ifi));
	attr(&m, IFLA_IFNAME, name, strlen(name) + 1);
	/* those that sit on another sit on this one */
	if (strstr("macvlan ipvlan macsec vlan", kind))
		attr(&m, IFLA_LINK, &(uint32_t){ if_nametoindex("under") }, 4);
	info = attr(&m, IFLA_LINKINFO, NULL, 0);
	attr(&m, IFLA_INFO_KIND, kind, strlen(kind) + 1);
	if (!strcmp(kind, "vlan") || !strcmp(kind, "vxlan")) {
		struct nlattr *data;
		uint32_t id = 42;

		m.h.nlmsg_len = NLMSG_ALIGN(m.h.nlmsg_len);
		data = attr(&m, IFLA_INFO_DATA, NULL, 0);
		attr(&m, 1 /* IFLA_VLAN_ID, IFLA_VXLAN_ID */, &id, strcmp(kind, "vlan") ? 4 : 2);
		m.h.nlmsg_len = NLMSG_ALIGN(m.h.nlmsg_len);
		data->nla_len = (char *)&m + m.h.nlmsg_len - (char *)data;
	}
	m.h.nlmsg_len = NLMSG_ALIGN(m.h.nlmsg_len);
	info->nla_len = (char *)&m + m.h.nlmsg_len - (char *)info;
	return ask(NETLINK_ROUTE, &m);
}

static int link_up(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	return ioctl(fd, SIOCSIFFLAGS, &ifr);
}

/* arg: KIND [MODULES] */
void work_link(struct result *res, const char *arg)
{
	char kind[32], modules[64] = "";

	sscanf(arg, "%31s %63[^\n]", kind, modules);
	if (!work_needs(res, "dummy") || (*modules && !work_needs(res, modules)))
		return;
	TRY(res, link_add("dummy", "under"));
	TRY(res, link_add(kind, "works"));
	/* wireguard and others may want more before they come up; being there is the point */
	(void)link_up("works");
	DONE(res);
}

/* arg: "addr", "route", "rule", "neigh", "qdisc", "netns", "up" */
void work_route(struct result *res, const char *arg)
{
	struct message m = begin(0, NLM_F_CREATE | NLM_F_ACK);
	uint32_t net = htonl(0x0a090900), host = htonl(0x0a090901);
	int index;

	if (!work_needs(res, "dummy"))
		return;
	TRY(res, link_add("dummy", "under"));
	TRY(res, link_up("under"));
	index = if_nametoindex("under");
	if (!strcmp(arg, "addr")) {
		struct ifaddrmsg a = { .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = index };

		m.h.nlmsg_type = RTM_NEWADDR;
		put(&m, &a, sizeof(a));
		attr(&m, IFA_LOCAL, &host, 4);
	} else if (!strcmp(arg, "route")) {
		struct rtmsg r = { .rtm_family = AF_INET, .rtm_dst_len = 24, .rtm_table = RT_TABLE_MAIN,
				   .rtm_protocol = RTPROT_STATIC, .rtm_scope = RT_SCOPE_LINK, .rtm_type = RTN_UNICAST };

		m.h.nlmsg_type = RTM_NEWROUTE;
		put(&m, &r, sizeof(r));
		attr(&m, RTA_DST, &net, 4);
		attr(&m, RTA_OIF, &(uint32_t){ index }, 4);
	} else if (!strcmp(arg, "rule")) {
		struct rtmsg r = { .rtm_family = AF_INET, .rtm_table = 100, .rtm_protocol = RTPROT_STATIC,
				   .rtm_type = 1 /* FR_ACT_TO_TBL */ };

		m.h.nlmsg_type = RTM_NEWRULE;
		put(&m, &r, sizeof(r));
	} else if (!strcmp(arg, "neigh")) {
		struct ndmsg n = { .ndm_family = AF_INET, .ndm_ifindex = index, .ndm_state = NUD_PERMANENT };

		m.h.nlmsg_type = RTM_NEWNEIGH;
		put(&m, &n, sizeof(n));
		attr(&m, NDA_DST, &host, 4);
		attr(&m, NDA_LLADDR, "\2\0\0\0\0\1", 6);
	} else if (!strcmp(arg, "qdisc")) {
		struct tcmsg t = { .tcm_family = AF_UNSPEC, .tcm_ifindex = index, .tcm_parent = TC_H_ROOT };

		m.h.nlmsg_type = RTM_NEWQDISC;
		put(&m, &t, sizeof(t));
		attr(&m, TCA_KIND, "pfifo", 6);
	} else if (!strcmp(arg, "netns")) {
		struct ifinfomsg ifi = { .ifi_index = index };
		int fd;

		TRY(res, unshare(CLONE_NEWNET));
		TRY(res, link_add("dummy", "moved"));
		TRY(res, fd = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC));
		/* to where it comes from and back would be heard outside: just asked for */
		ifi.ifi_index = if_nametoindex("moved");
		m.h.nlmsg_type = RTM_DELLINK;
		m.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
		put(&m, &ifi, sizeof(ifi));
	} else {
		struct ifinfomsg ifi = { .ifi_index = index, .ifi_change = IFF_PROMISC, .ifi_flags = IFF_PROMISC };

		m.h.nlmsg_type = RTM_NEWLINK;
		put(&m, &ifi, sizeof(ifi));
		attr(&m, IFLA_MTU, &(uint32_t){ 9000 }, 4);
	}
	TRY(res, ask(NETLINK_ROUTE, &m));
	DONE(res);
}

/* arg: PROTOCOL TYPE, a dump of whatever that is */
void work_dump(struct result *res, const char *arg)
{
	struct message m = begin(0, NLM_F_DUMP);
	struct rtmsg r = { 0 };
	int protocol, type;

	if (sscanf(arg, "%d %d", &protocol, &type) != 2)
		return res_skip(res, "bad table row");
	m.h.nlmsg_type = type;
	put(&m, &r, sizeof(r));
	TRY(res, ask(protocol, &m));
	DONE(res);
}

static void nft_part(struct message *all, size_t *len, int type, int flags, int family, int res_id, const char *table,
		     const char *chain)
{
	struct nfgenmsg g = { .nfgen_family = family, .version = 0, .res_id = htons(res_id) };
	struct message m = begin(type, flags);

	put(&m, &g, sizeof(g));
	if (table)
		attr(&m, chain ? NFTA_CHAIN_TABLE : NFTA_TABLE_NAME, table, strlen(table) + 1);
	if (chain) {
		struct nlattr *hook;

		m.h.nlmsg_len = NLMSG_ALIGN(m.h.nlmsg_len);
		attr(&m, NFTA_CHAIN_NAME, chain, strlen(chain) + 1);
		m.h.nlmsg_len = NLMSG_ALIGN(m.h.nlmsg_len);
		hook = attr(&m, NFTA_CHAIN_HOOK | NLA_F_NESTED, NULL, 0);
		attr(&m, NFTA_HOOK_HOOKNUM, &(uint32_t){ htonl(1) }, 4);
		attr(&m, NFTA_HOOK_PRIORITY, &(uint32_t){ 0 }, 4);
		hook->nla_len = (char *)&m + m.h.nlmsg_len - (char *)hook;
		attr(&m, NFTA_CHAIN_TYPE, "filter", 7);
	}
	m.h.nlmsg_len = NLMSG_ALIGN(m.h.nlmsg_len);
	memcpy((char *)all + *len, &m, m.h.nlmsg_len);
	*len += m.h.nlmsg_len;
}

/* arg: name of a chain, or nothing: just a table */
void work_nft(struct result *res, const char *arg)
{
	struct message all[4];
	char answer[4096];
	size_t len = 0;

	if (!work_needs(res, "nf_tables"))
		return;
	nft_part(all, &len, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES, NULL, NULL);
	nft_part(all, &len, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWTABLE, NLM_F_CREATE | (*arg ? 0 : NLM_F_ACK), AF_INET, 0,
		 "works", NULL);
	if (*arg)
		nft_part(all, &len, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_ACK, AF_INET, 0,
			 "works", arg);
	nft_part(all, &len, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES, NULL, NULL);
	TRY(res, talk(NETLINK_NETFILTER, all, len, answer, sizeof(answer)));
	DONE(res);
}

/* arg: OPTION of iptables' own interface, MODULE */
void work_iptables(struct result *res, const char *arg)
{
	struct { char name[32]; unsigned int words[16]; } info = { .name = "filter" };
	socklen_t len = 84;
	char module[32];
	int fd, option;

	if (sscanf(arg, "%d %31s", &option, module) != 2)
		return res_skip(res, "bad table row");
	if (!work_needs(res, module))
		return;
	TRY(res, fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
	TRY(res, getsockopt(fd, IPPROTO_IP, option, &info, &len));
	DONE(res);
}

/* arg: FAMILY [MODULES] of generic netlink, looked up */
void work_genl(struct result *res, const char *arg)
{
	struct message m = begin(GENL_ID_CTRL, 0);
	struct genlmsghdr g = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	char family[32], modules[64] = "";

	sscanf(arg, "%31s %63[^\n]", family, modules);
	if (*modules && !work_needs(res, modules))
		return;
	put(&m, &g, sizeof(g));
	attr(&m, CTRL_ATTR_FAMILY_NAME, family, strlen(family) + 1);
	TRY(res, ask(NETLINK_GENERIC, &m));
	DONE(res);
}

/* arg: INTERFACE COMMAND */
void work_ethtool(struct result *res, const char *arg)
{
	static union {
		uint32_t cmd;
		char room[4096];
	} data;
	struct ifreq ifr = { .ifr_data = (void *)&data };
	int fd;

	if (sscanf(arg, "%15s %x", ifr.ifr_name, &data.cmd) != 2)
		return res_skip(res, "bad table row");
	if (!if_nametoindex(ifr.ifr_name))
		return res_skip(res, "no %s", ifr.ifr_name);
	TRY(res, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	TRY(res, ioctl(fd, SIOCETHTOOL, &ifr));
	DONE(res);
}
