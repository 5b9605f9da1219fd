package process

import "golang.org/x/sys/unix"

// adoptOrphans does nothing: there are no subreapers here.
func adoptOrphans() bool { return false }

func disownOrphans() {}

// processes returns every process of the system.
func processes() []process {
	list, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil
	}
	const zombie = 5 // SZOMB in sys/proc.h
	all := make([]process, 0, len(list))
	for i := range list {
		p := &list[i]
		began := p.Proc.P_starttime
		all = append(all, process{
			pid:     int(p.Proc.P_pid),
			parent:  int(p.Eproc.Ppid),
			started: uint64(began.Sec)*1e6 + uint64(began.Usec),
			zombie:  p.Proc.P_stat == zombie,
		})
	}
	return all
}
