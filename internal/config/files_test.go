package config_test

import (
	"errors"
	"testing"

	"github.com/unionboard/unionboard/internal/assess"
	"github.com/unionboard/unionboard/internal/config"
)

// Files lie in one place that can be reached, whose keys are named and not written down.
func TestWhereFilesLie(t *testing.T) {
	const keys = ", access_key_file: a, secret_key_env: B}}"
	for text, want := range map[string]string{
		"files: {folder: /mnt/shared/unionboard}":                                                                                "",
		"files: {s3: {endpoint: 'https://s3.example:9000', bucket: board, prefix: a/b/" + keys:                                   "",
		"files: {s3: {endpoint: 'http://127.0.0.1:9000', bucket: board" + keys:                                                   "",
		"files: {s3: {endpoint: 'http://s3.example', bucket: board, plain_http: true" + keys:                                     "",
		"files: {s3: {endpoint: 'http://s3.example', bucket: board" + keys:                                                       "problem.config_s3_plain",
		"files: {s3: {endpoint: 'https://key:secret@s3.example', bucket: board" + keys:                                           "problem.config_s3_endpoint",
		"files: {s3: {endpoint: 'https://s3.example/board', bucket: board" + keys:                                                "problem.config_s3_endpoint",
		"files: {s3: {endpoint: 'ftp://s3.example', bucket: board" + keys:                                                        "problem.config_s3_endpoint",
		"files: {s3: {bucket: board" + keys:                                                                                      "problem.config_lacks",
		"files: {s3: {endpoint: 'https://s3.example'" + keys:                                                                     "problem.config_lacks",
		"files: {s3: {endpoint: 'https://s3.example', bucket: Board" + keys:                                                      "problem.config_s3_bucket",
		"files: {s3: {endpoint: 'https://s3.example', bucket: board, prefix: ../x" + keys:                                        "problem.config_s3_prefix",
		"files: {s3: {endpoint: 'https://s3.example', bucket: board, access_key_file: a}}":                                       "problem.config_lacks",
		"files: {s3: {endpoint: 'https://s3.example', bucket: board, access_key_env: C, access_key_file: a, secret_key_env: B}}": "problem.config_two_secrets",
		"files: {folder: /mnt/shared, s3: {endpoint: 'https://s3.example', bucket: board" + keys:                                 "problem.config_files_two",
	} {
		c, err := config.Parse("/srv/ub/unionboard.yaml", []byte(text+"\n"))
		var problems assess.Problems
		if want == "" && err != nil || want != "" && (!errors.As(err, &problems) || len(problems) != 1 || problems[0].Key != want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
		if s := c.Files.S3; err == nil && s != nil && s.AccessKeyFile != "/srv/ub/a" {
			t.Errorf("%+v", s)
		}
		if err == nil && !c.Files.Apart() {
			t.Errorf("%s: they lie in the data folder", text)
		}
	}
}
