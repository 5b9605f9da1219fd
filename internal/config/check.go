package config

import "errors"

// Check returns what is wrong with each of the files and with the environment,
// not only the first error.
func Check(src *Sources) []error {
	_, envErr := src.Table.environLayer(src.World)
	_, userErr := src.userFile()
	project, projectErr := src.projectFile()
	if projectErr == nil && project != nil && !IsTrusted(src.World, project.path, project.content) {
		projectErr = checkUntrusted(src.World, project)
	}
	wrong := []error{envErr, userErr, projectErr}
	if errors.Join(wrong...) == nil {
		// Only the whole shows lifetimes that are too long. The words of a rule are
		// a command that it matches.
		_, err := Load(src, nil)
		for i := 0; err == nil && project != nil && i < len(project.rules); i++ {
			_, err = Load(src, project.rules[i].words)
		}
		wrong = append(wrong, err)
	}
	return wrong
}
