"""The same list with SQLAlchemy's ORM and marshmallow, the usual stack of a Flask application."""

from __future__ import annotations

import hashlib
import os
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask, Response, jsonify, request
from marshmallow import Schema, fields
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship

app = Flask(__name__)
engine = create_engine(os.environ["REFERENCE_DSN"].replace("postgresql://", "postgresql+psycopg://"), pool_size=4)


class Base(DeclarativeBase):
    pass


class Token(Base):
    __tablename__ = "token"
    __table_args__ = {"schema": "reference"}
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID]
    sees_all: Mapped[bool]


class Company(Base):
    __tablename__ = "company"
    __table_args__ = {"schema": "reference"}
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class Deal(Base):
    __tablename__ = "deal"
    __table_args__ = {"schema": "reference"}
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    title: Mapped[str]
    stage: Mapped[str]
    amount: Mapped[Decimal]
    close_date: Mapped[date]
    probability: Mapped[Decimal]
    company_id: Mapped[uuid.UUID] = mapped_column("company", ForeignKey("reference.company.id"))
    company: Mapped[Company] = relationship()
    owner: Mapped[uuid.UUID]
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class CompanySchema(Schema):
    id = fields.UUID()
    name = fields.String()


class DealSchema(Schema):
    id = fields.UUID()
    version = fields.Integer()
    title = fields.String()
    stage = fields.String()
    amount = fields.Decimal(as_string=True)
    close_date = fields.Date()
    probability = fields.Decimal(as_string=True)
    company = fields.Nested(CompanySchema)
    owner = fields.UUID()
    created_at = fields.DateTime()


SCHEMA = DealSchema(many=True)


@app.get("/deals")
def deals() -> Any:
    raw = request.headers.get("Authorization", "")[7:]
    with Session(engine) as session:
        token = session.get(Token, hashlib.sha256(raw.encode()).digest())
        if token is None:
            return Response(status=401)
        query = (
            select(Deal)
            .options(joinedload(Deal.company))
            .where(
                Deal.deleted_at.is_(None),
                Deal.stage == request.args["stage"],
                Deal.amount > Decimal(request.args["amount"]),
            )
            .order_by(Deal.amount.desc(), Deal.id.desc())
            .limit(min(int(request.args.get("limit", 50)), 200))
        )
        if not token.sees_all:
            query = query.where(Deal.owner == token.user_id)
        return jsonify({"records": SCHEMA.dump(session.scalars(query).all()), "next": None})
