"""Answer for an API that does not exist yet: a list of things that can be read and added to."""

from inspector.hooks import Request, Response, when

things = [{"id": "1", "name": "tea"}]


@when("path:=/api/things method:GET")
def request(request: Request) -> Response:
    wanted = request.args.get("name", "")
    return Response(json=[thing for thing in things if wanted in thing["name"]])


@when("path:=/api/things method:POST", at="request")
def add(request: Request) -> Response:
    if not request.json or "name" not in request.json:
        return Response(json={"error": "name is missing"}, status=400)
    thing = {"id": str(len(things) + 1), "name": request.json["name"]}
    things.append(thing)
    return Response(json=thing, status=201, headers={"Location": f"/api/things/{thing['id']}"})
