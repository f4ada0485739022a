// Prints the findings of cdk-nag's AwsSolutionsChecks in a CloudFormation template as JSON: `node scan.js template.json`.
import { argv, stdout } from "node:process";
import { App, Stack } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";
import { AwsSolutionsChecks } from "cdk-nag";

const app = new App({ analyticsReporting: false });
new CfnInclude(new Stack(app, "Scanned"), "Template", { templateFile: argv[2] });
stdout.write(JSON.stringify(new AwsSolutionsChecks(app).validateScope(app)));
