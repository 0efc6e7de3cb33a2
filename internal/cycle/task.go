package cycle

import "github.com/unionboard/unionboard/internal/assess"

// The actions of a rectification task, beside Close.
const (
	Progress Action = "progress" // the owner says how far it is
	Report   Action = "report"   // the owner says it is done
	Reopen   Action = "reopen"   // it is not
)

// Tasks is the machine of rectification tasks. Close and Reopen are for another person than the owner: see Another.
func Tasks() Machine[assess.TaskState] {
	return Machine[assess.TaskState]{
		noun: "task", words: "task", refuse: "problem.task_step",
		states: []assess.TaskState{assess.TaskOpen, assess.TaskInProgress, assess.TaskReported, assess.TaskClosed, assess.TaskReopened},
		moves: []move[assess.TaskState]{
			{assess.TaskOpen, Progress, assess.TaskInProgress},
			{assess.TaskInProgress, Progress, assess.TaskInProgress},
			{assess.TaskReopened, Progress, assess.TaskInProgress},
			{assess.TaskOpen, Report, assess.TaskReported},
			{assess.TaskInProgress, Report, assess.TaskReported},
			{assess.TaskReopened, Report, assess.TaskReported},
			{assess.TaskReported, Close, assess.TaskClosed},
			{assess.TaskReported, Reopen, assess.TaskReopened},
			{assess.TaskClosed, Reopen, assess.TaskReopened}, // what was put right went wrong again
		},
	}
}
