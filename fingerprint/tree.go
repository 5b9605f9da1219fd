package fingerprint

// tree collects the entry of a path, and for a directory everything that "**"
// matches below it.
func (k *walk) tree() error {
	i, err := k.enter("", false)
	if err != nil {
		return err
	}
	return k.collect(i, wholeTree())
}
