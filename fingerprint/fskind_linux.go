package fingerprint

import "golang.org/x/sys/unix"

// The f_type of file systems that are not in the kernel's magic.h.
const (
	lustreMagic   = 0x0bd00bd0
	gfs2Magic     = 0x01161970
	gpfsMagic     = 0x47504653
	panfsMagic    = 0xaad7aaea
	beegfsMagic   = 0x19830326
	vboxsfMagic   = 0x786f4256
	vmhgfsMagic   = 0xbacbacbc
	prlfsMagic    = 0x7c7c6673
	fusectlMagic  = 0x65735543
	configfsMagic = 0x62656570
)

// statfs returns the kind of path's file system. It follows symlinks.
func statfs(path string) (fsKind, error) {
	var st unix.Statfs_t
	for {
		err := unix.Statfs(path, &st)
		if err == nil {
			break
		}
		if err != unix.EINTR {
			return 0, err
		}
	}
	switch uint32(st.Type) {
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC,
		unix.FUSE_SUPER_MAGIC, unix.V9FS_MAGIC, unix.CEPH_SUPER_MAGIC, unix.AFS_SUPER_MAGIC,
		unix.AFS_FS_MAGIC, unix.CODA_SUPER_MAGIC, unix.NCP_SUPER_MAGIC, unix.OCFS2_SUPER_MAGIC,
		unix.AUTOFS_SUPER_MAGIC, unix.HOSTFS_SUPER_MAGIC,
		lustreMagic, gfs2Magic, gpfsMagic, panfsMagic, beegfsMagic, vboxsfMagic, vmhgfsMagic, prlfsMagic:
		return fsRemote, nil
	case unix.PROC_SUPER_MAGIC, unix.SYSFS_MAGIC, unix.CGROUP_SUPER_MAGIC, unix.CGROUP2_SUPER_MAGIC,
		unix.DEBUGFS_MAGIC, unix.TRACEFS_MAGIC, unix.SECURITYFS_MAGIC, unix.SELINUX_MAGIC,
		unix.SMACK_MAGIC, unix.AAFS_MAGIC, unix.BPF_FS_MAGIC, unix.PSTOREFS_MAGIC, unix.EFIVARFS_MAGIC,
		unix.BINFMTFS_MAGIC, unix.NSFS_MAGIC, unix.RDTGROUP_SUPER_MAGIC, unix.OPENPROM_SUPER_MAGIC,
		unix.XENFS_SUPER_MAGIC, fusectlMagic, configfsMagic:
		return fsPseudo, nil
	}
	return fsLocal, nil
}
