package config

import "errors"

// Check returns all errors of the files and the environment, not only the first
// one. Entries may be nil.
func Check(src *Sources) []error {
	_, envErr := src.Table.environLayer(src.World)
	_, userErr := src.userFile()
	project, projectErr := src.projectFile()
	if projectErr == nil && project != nil && !IsTrusted(src.World, project.path, project.content) {
		projectErr = checkUntrusted(src.World, project)
	}
	wrong := []error{envErr, userErr, projectErr}
	if errors.Join(wrong...) == nil {
		// Lifetimes that are too long show only in the whole configuration. The
		// words of a rule serve as a command that it matches.
		_, err := Load(src, nil)
		for i := 0; err == nil && project != nil && i < len(project.rules); i++ {
			_, err = Load(src, project.rules[i].words)
		}
		wrong = append(wrong, err)
	}
	return wrong
}
