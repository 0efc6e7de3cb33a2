package catalog

// read parses a file, holds it against its schema, and decodes it into the shape it is written in. Where the structure is wrong
// it answers false: what the file means is then not asked, because every answer would be a guess.
func read[T any](schemaName, file string, data []byte, found *faults) (out T, at spot, ok bool) {
	before := len(found.list)
	root := parse(file, data, found)
	if root == nil {
		return out, at, false
	}
	at = rooted(file, root)
	known, err := schemas()
	if err != nil {
		found.add(at, "structure", "the file cannot be checked: {detail}", "detail", err.Error())
		return out, at, false
	}
	checkStructure(known[schemaName], file, root, found)
	if len(found.list) > before {
		return out, at, false
	}
	out, err = decode[T](root)
	if err != nil {
		found.add(at, "structure", "the file cannot be checked: {detail}", "detail", err.Error())
		return out, at, false
	}
	return out, at, true
}
