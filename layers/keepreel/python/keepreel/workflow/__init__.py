"""The steps of a video's workflow, and the Step Functions execution that runs them."""
