package newsroom_test

const childEnv = "BROADSHEET_TEST_CHILD"

func child(string) int { return 2 }
