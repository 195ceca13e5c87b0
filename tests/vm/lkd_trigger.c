// SPDX-License-Identifier: GPL-2.0
/* /sys/lkd/machinecheck12/trigger, as kernels with X86_MCELOG_LEGACY have it elsewhere; Debian's have not. */
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static ssize_t show(struct kobject *obj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "\n");
}

static ssize_t store(struct kobject *obj, struct kobj_attribute *attr, const char *buf, size_t size)
{
	return size;
}

static struct kobj_attribute trigger = __ATTR(trigger, 0644, show, store);
static struct kobject *top, *machine_check, *light;

static int __init begin(void)
{
	top = kobject_create_and_add("lkd", NULL);
	machine_check = kobject_create_and_add("machinecheck12", top);
	light = kobject_create_and_add("led0", top);
	if (!machine_check || !light || sysfs_create_file(machine_check, &trigger.attr) ||
	    sysfs_create_file(light, &trigger.attr))
		return -ENOMEM; /* of a test: what was made stays */
	return 0;
}

static void __exit end(void)
{
	kobject_put(light);
	kobject_put(machine_check);
	kobject_put(top);
}

module_init(begin);
module_exit(end);
MODULE_DESCRIPTION("a file named like that of a helper");
MODULE_LICENSE("GPL");
