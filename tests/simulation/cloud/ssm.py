"""Parameters as Systems Manager's client shows them."""

from typing import Any

from tests.simulation.cloud.refusals import expect, refusal


class SimulatedSsm:
    """All parameters of an account."""

    def __init__(self) -> None:
        self.parameters: dict[str, str] = {}

    def get_parameter(self, **parameters: Any) -> dict[str, Any]:
        expect("GetParameter", parameters, frozenset({"Name", "WithDecryption"}))
        name = parameters["Name"]
        if name not in self.parameters:
            raise refusal("ParameterNotFound", "GetParameter")
        return {"Parameter": {"Name": name, "Value": self.parameters[name]}}

    def put_parameter(self, **parameters: Any) -> dict[str, Any]:
        expect("PutParameter", parameters, frozenset({"Name", "Value", "Type", "Overwrite"}))
        if parameters["Name"] in self.parameters and not parameters["Overwrite"]:
            raise refusal("ParameterAlreadyExists", "PutParameter")
        self.parameters[parameters["Name"]] = parameters["Value"]
        return {"Version": 1}

    def delete_parameters(self, **parameters: Any) -> dict[str, Any]:
        expect("DeleteParameters", parameters, frozenset({"Names"}))
        deleted = [name for name in parameters["Names"] if self.parameters.pop(name, None) is not None]
        missing = [name for name in parameters["Names"] if name not in deleted]
        return {"DeletedParameters": deleted, "InvalidParameters": missing}
