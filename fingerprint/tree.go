package fingerprint

// tree collects a path: what is there, and below a directory everything that
// "**" matches there.
func (k *walk) tree() error {
	i, err := k.enter("", false)
	if err != nil {
		return err
	}
	return k.collect(i, wholeTree())
}
