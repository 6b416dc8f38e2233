"""What is deployed to AWS, looked at as CloudFormation sees it."""
